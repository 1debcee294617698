package io.framequota.local;

import io.framequota.common.access.RandomSecret;
import io.framequota.common.failure.Failure;
import io.framequota.contract.frame.SharedMemoryNames;
import io.framequota.local.files.Folders;
import io.framequota.local.postgres.PostgresServer;
import io.framequota.local.process.FreePorts;
import io.framequota.local.process.HttpProbe;
import io.framequota.local.process.LogFiles;
import io.framequota.local.process.ProcessSpec;
import io.framequota.local.process.SupervisedProcess;
import io.framequota.local.process.Watchdog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * The whole system on this machine, as child processes of this JVM. Starting is bound by the processor, so the parts that the
 * first job needs come first, in parallel except for ingest-service, which waits for the database; the
 * inference servers of further workers start when a job could run. {@link #close} ends all processes; a {@link Watchdog} does if this JVM is killed. Thread-safe.
 */
public final class LocalSystem implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofMinutes(3);

    /** A process that ended this often before the system was ready will not start. */
    private static final int MAX_START_ATTEMPTS = 5;

    /** How long {@link #close} waits for each stage of processes, and how long for caches to be written. */
    private static final Duration STOP_LIMIT = Duration.ofMillis(900);

    private static final Duration RECORDING_STOP_LIMIT = Duration.ofMinutes(3);
    private static final Duration KILL_LIMIT = Duration.ofMillis(1500);
    private static final String DATABASE = "database";
    private static final String READINESS_PATH = "/q/health/ready";

    private final Path data;
    private final RunningSystem.Settings settings;
    private final FreePorts reserved;
    private final SystemPorts ports;
    private final Watchdog watchdog;
    private final List<SupervisedProcess> processes = new CopyOnWriteArrayList<>();
    private final WorkerCgroups groups;
    private final Duration stopLimit;
    private Runnable startOtherServers = () -> {};
    private volatile boolean ready;
    private boolean closed;

    private LocalSystem(
            Path data,
            RunningSystem.Settings settings,
            FreePorts reserved,
            SystemPorts ports,
            Watchdog watchdog,
            WorkerCgroups groups,
            Duration stopLimit) {
        this.data = data;
        this.settings = settings;
        this.reserved = reserved;
        this.ports = ports;
        this.watchdog = watchdog;
        this.groups = groups;
        this.stopLimit = stopLimit;
    }

    /**
     * Checks what can be checked before anything is created.
     *
     * @throws Failure a part is not built, the port is in use, or the cache cannot be written to
     */
    public static void check(Installation installation, LocalSettings settings) {
        installation.check();
        if (settings.port() > 0 && !FreePorts.isFree(settings.port())) {
            throw Failure.use("port " + settings.port() + " of 127.0.0.1 is in use: choose another with --port");
        }
        if (settings.rtmpPort() > 0 && !FreePorts.isFree(settings.rtmpPort())) {
            throw Failure.use(
                    "port " + settings.rtmpPort() + " of 127.0.0.1 is in use: choose another with --rtmp-port");
        }
        installation.checkCache();
    }

    /**
     * Starts what the first job needs and returns at once; {@link #awaitReady} waits for it and starts the rest.
     *
     * @param data folder held by this process
     * @param say receives a line for the user when a process ended and is restarted
     */
    public static LocalSystem start(Installation installation, LocalSettings settings, Path data, Consumer<String> say)
            throws InterruptedException {
        return start(installation, settings, data, StartupCaches.USED, say);
    }

    /** As above; when the start-up caches are recorded, {@link #close} gives each process time to write its cache. */
    static LocalSystem start(
            Installation installation, LocalSettings settings, Path data, StartupCaches caches, Consumer<String> say)
            throws InterruptedException {
        check(installation, settings);
        try {
            prepare(installation, settings, data);
            FreePorts reserved = new FreePorts(installation.cache().resolve("ports"), new Random());
            SystemPorts ports = SystemPorts.pick(reserved, settings);
            WorkerCgroups groups = WorkerCgroups.open(settings, say);
            Watchdog watchdog = new Watchdog(data, settings.lasting());
            LocalSystem system = new LocalSystem(
                    data,
                    settings.shown(),
                    reserved,
                    ports,
                    watchdog,
                    groups,
                    caches == StartupCaches.RECORDED ? RECORDING_STOP_LIMIT : STOP_LIMIT);
            try {
                // The database's password is kept with its data; the other secrets are new at each start.
                Secrets secrets = new Secrets(
                        RandomSecret.next(), RandomSecret.next(), RandomSecret.next(), password(installation, data));
                ProcessSpecs specs = new ProcessSpecs(
                        installation, caches, data, settings, ports, secrets, groups.description(), System.getenv());
                system.launch(specs, settings, say);
            } catch (InterruptedException | IOException | RuntimeException e) {
                system.kill();
                throw e;
            }
            return system;
        } catch (IOException e) {
            throw Failure.work("cannot start on " + data + ": " + Failure.words(e));
        }
    }

    /** Initialises the database's folder if it is new, and returns the password. */
    private static String password(Installation installation, Path data) throws IOException, InterruptedException {
        Path folder = data.resolve(DATABASE);
        PostgresServer.initialise(installation.cache(), folder);
        return PostgresServer.secure(installation.cache(), folder);
    }

    private static void prepare(Installation installation, LocalSettings settings, Path data) throws IOException {
        SharedMemoryNames.deleteStale(SharedMemoryNames.FOLDER);
        // Of a system that was killed.
        RunningSystem.removeFrom(data);
        Folders.delete(data.resolve(Watchdog.TMP));
        for (String own : List.of(Watchdog.TMP, "logs", "storage")) {
            Folders.createPrivate(data.resolve(own));
        }
        Folders.link(data.resolve(ProcessSpecs.APP), installation.root());
        Folders.link(data.resolve(ProcessSpecs.WARM), installation.warm());
        Folders.link(data.resolve(ProcessSpecs.CACHE), installation.cache());
        if (settings.models() != null) {
            Folders.link(data.resolve(ProcessSpecs.MODELS), settings.models());
        }
        DataTemplate.of(installation).fill(data);
        for (String own : List.of("broker", DATABASE)) {
            Folders.createPrivate(data.resolve(own));
        }
    }

    private void launch(ProcessSpecs specs, LocalSettings settings, Consumer<String> say) throws InterruptedException {
        Path database = data.resolve(DATABASE);
        groups.folders().forEach(watchdog::removeAtEnd);
        SupervisedProcess postgres = add(specs.database(), say);
        // The broker takes longest, so it is the first JVM.
        add(specs.broker(), say);
        if (settings.servers() > 0) {
            addServer(0, specs, say);
        }
        await(() -> PostgresServer.isReady(database, postgres.pid()), Duration.ofMillis(10));
        add(specs.ingest(), say);
        add(specs.scheduler(), say);
        add(specs.workers(), say);
        startOtherServers = () -> {
            for (int i = 1; i < settings.servers(); i++) {
                addServer(i, specs, say);
            }
        };
    }

    private void addServer(int index, ProcessSpecs specs, Consumer<String> say) {
        add(specs.server(index), say, groups.of(ProcessSpecs.workerName(index)));
    }

    private SupervisedProcess add(ProcessSpec spec, Consumer<String> say) {
        return add(spec, say, pid -> {});
    }

    private SupervisedProcess add(ProcessSpec spec, Consumer<String> say, LongConsumer onStart) {
        SupervisedProcess process = new SupervisedProcess(spec, watchdog, say, onStart, this::writeState);
        processes.add(process);
        return process;
    }

    /** URL of the REST and gRPC API. */
    public String url() {
        return "http://127.0.0.1:" + ports.ingest();
    }

    public Path data() {
        return data;
    }

    /** Returns when a job could run: one worker is ready, and all processes have been started. */
    public void awaitReady() throws InterruptedException {
        HttpProbe probe = new HttpProbe(ports.ingest(), READINESS_PATH);
        await(probe::isUp, Duration.ofMillis(50));
        synchronized (this) {
            if (!closed) {
                startOtherServers.run();
            }
        }
        ready = true;
        writeState();
    }

    /** After {@link #awaitReady}, returns when every worker is ready. */
    public void awaitWorkers() throws InterruptedException {
        HttpProbe probe = new HttpProbe(ports.workers(), READINESS_PATH);
        await(probe::isUp, Duration.ofMillis(50));
    }

    private void await(BooleanSupplier condition, Duration interval) throws InterruptedException {
        long end = System.nanoTime() + START_LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            for (SupervisedProcess process : processes) {
                if (process.restarts() >= MAX_START_ATTEMPTS) {
                    throw Failure.work(process.spec().name() + " does not start: "
                            + LogFiles.reason(process.spec().log()));
                }
            }
            if (System.nanoTime() > end) {
                throw Failure.work("the system was not ready within " + START_LIMIT.toSeconds() + " s: see the logs in "
                        + data.resolve("logs"));
            }
            TimeUnit.MILLISECONDS.sleep(interval.toMillis());
        }
    }

    /** The processes that were started so far. */
    public List<RunningSystem.Member> members() {
        return processes.stream()
                .map(p -> new RunningSystem.Member(
                        p.spec().name(), p.pid(), p.restarts(), p.spec().healthPort()))
                .toList();
    }

    private synchronized void writeState() {
        if (closed) {
            return;
        }
        try {
            new RunningSystem(ProcessHandle.current().pid(), url(), ready, members(), settings).writeTo(data);
        } catch (IOException e) {
            // The disk is full: fq status shows the previous state, the system itself runs on.
        }
    }

    /** Ends all processes in order, ingest-service first, and kills those that take longer than about three seconds. */
    @Override
    public void close() {
        end(stopLimit, false);
    }

    /**
     * Ends all processes as fast as possible, when the data is no longer wanted. Workers and the database still remove their
     * shared memory.
     */
    public void kill() {
        end(KILL_LIMIT, true);
    }

    private void end(Duration limit, boolean kill) {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        boolean interrupted = Thread.interrupted();
        try {
            for (List<SupervisedProcess> stage : kill ? List.of(killMost()) : stages()) {
                stage.forEach(SupervisedProcess::requestStop);
                long end = System.nanoTime() + limit.toNanos();
                for (SupervisedProcess process : stage) {
                    process.awaitStop(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
                }
            }
            for (SupervisedProcess process : processes) {
                process.awaitStop(limit);
            }
            RunningSystem.removeFrom(data);
            reserved.close();
        } catch (InterruptedException e) {
            interrupted = true;
            processes.forEach(SupervisedProcess::kill);
        } catch (IOException e) {
            // Nobody reads the state of a system whose folder is released.
        }
        SharedMemoryNames.deleteStale(SharedMemoryNames.FOLDER);
        groups.close();
        watchdog.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Kills the processes that leave nothing behind, and returns the others. */
    private List<SupervisedProcess> killMost() {
        List<SupervisedProcess> others = new ArrayList<>();
        for (SupervisedProcess process : processes) {
            String name = process.spec().name();
            if (name.startsWith("inference-service") || name.equals(DATABASE)) {
                others.add(process);
            } else {
                process.kill();
            }
        }
        return others;
    }

    /** The processes in the order in which they end: ingest-service, then the workers and scheduler, then broker and database. */
    private List<List<SupervisedProcess>> stages() {
        List<List<SupervisedProcess>> stages = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (SupervisedProcess process : processes) {
            int stage = switch (process.spec().name()) {
                case "ingest-service" -> 0;
                case "broker", DATABASE -> 2;
                default -> 1;
            };
            stages.get(stage).add(process);
        }
        return stages;
    }
}
