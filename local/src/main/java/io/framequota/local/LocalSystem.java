package io.framequota.local;

import io.framequota.common.access.RandomSecret;
import io.framequota.common.failure.Failure;
import io.framequota.contract.frame.SharedMemoryNames;
import io.framequota.local.postgres.PostgresServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * The whole system on this machine, as processes of this one. All that one worker needs is started in parallel, but for
 * ingest-service, which waits for the database; the other workers come when the first one can take a job, for a start is
 * bound by the processor. Closing it ends them all; a watchdog does it when this process cannot.
 */
public final class LocalSystem implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofMinutes(3);
    private static final int HOPELESS = 5;
    private static final String DATABASE = "database";
    private static final String HEALTH = "/q/health/ready";

    private final Path data;
    private final FreePorts free;
    private final SystemPorts ports;
    private final Watchdog watchdog;
    private final List<SupervisedProcess> processes = new CopyOnWriteArrayList<>();
    private final WorkerCgroups groups;
    private final boolean patient;
    private Runnable startOthers = () -> {};
    private volatile boolean ready;
    private boolean closed;

    private LocalSystem(
            Path data, FreePorts free, SystemPorts ports, Watchdog watchdog, WorkerCgroups groups, boolean patient) {
        this.data = data;
        this.free = free;
        this.ports = ports;
        this.watchdog = watchdog;
        this.groups = groups;
        this.patient = patient;
    }

    /**
     * Starts everything that the first job needs and returns at once; {@link #awaitReady} waits for it and starts the rest.
     *
     * @param say hears when a process ended and starts again
     */
    public static LocalSystem start(Installation installation, LocalSettings settings, Path data, Consumer<String> say)
            throws InterruptedException {
        return start(installation, settings, data, new StartupCaches(false), false, say);
    }

    /**
     * The same with a choice of caches.
     *
     * @param patient whether {@link #close} gives every process all the time it wants, to write its cache for instance
     */
    static LocalSystem start(
            Installation installation,
            LocalSettings settings,
            Path data,
            StartupCaches warm,
            boolean patient,
            Consumer<String> say)
            throws InterruptedException {
        installation.check();
        if (settings.port() > 0 && !FreePorts.isFree(settings.port())) {
            throw Failure.use("port " + settings.port() + " of 127.0.0.1 is in use: choose another with --port");
        }
        try {
            installation.checkCache();
            prepare(installation, settings, data);
            FreePorts free = new FreePorts(installation.cache().resolve("ports"), new java.util.Random());
            SystemPorts ports = SystemPorts.pick(free, settings);
            WorkerCgroups groups = WorkerCgroups.open(settings, say);
            Watchdog watchdog = new Watchdog(data, settings.lasting());
            LocalSystem system = new LocalSystem(data, free, ports, watchdog, groups, patient);
            try {
                // Those of this run start and end with whoever could use them, the processes.
                Secrets secrets = new Secrets(
                        RandomSecret.next(), RandomSecret.next(), RandomSecret.next(), database(installation, data));
                ProcessSpecs blueprint =
                        new ProcessSpecs(installation, warm, data, settings, ports, secrets, groups.place());
                system.launch(blueprint, settings, say);
            } catch (InterruptedException | IOException | RuntimeException e) {
                system.kill();
                throw e;
            }
            return system;
        } catch (IOException e) {
            throw Failure.work("cannot start on " + data + ": " + Failure.words(e));
        }
    }

    /** Makes the database's folder ready for its server and gives the password. */
    private static String database(Installation installation, Path data) throws IOException, InterruptedException {
        Path folder = data.resolve(DATABASE);
        PostgresServer.initialise(installation.cache(), folder);
        return PostgresServer.secure(installation.cache(), folder);
    }

    private static void prepare(Installation installation, LocalSettings settings, Path data) throws IOException {
        SharedMemoryNames.deleteStale(SharedMemoryNames.FOLDER);
        DataFolder.deleteTree(data.resolve(ProcessSpecs.TMP));
        for (String own : List.of(ProcessSpecs.TMP, "logs", "storage")) {
            DataFolder.makeOwn(data.resolve(own));
        }
        DataFolder.link(data.resolve(ProcessSpecs.APP), installation.root());
        DataFolder.link(data.resolve(ProcessSpecs.WARM), installation.warm());
        DataFolder.link(data.resolve(ProcessSpecs.CACHE), installation.cache());
        if (settings.models() != null) {
            DataFolder.link(data.resolve(ProcessSpecs.MODELS), settings.models());
        }
        DataTemplate.of(installation).fill(data);
        for (String own : List.of("broker", DATABASE)) {
            DataFolder.makeOwn(data.resolve(own));
        }
    }

    private void launch(ProcessSpecs blueprint, LocalSettings settings, Consumer<String> say)
            throws InterruptedException {
        Path database = data.resolve(DATABASE);
        groups.folders().forEach(watchdog::removeAtLast);
        SupervisedProcess postgres = add(blueprint.database(), say);
        // The broker takes longest, so it comes first of the JVMs.
        add(blueprint.broker(), say);
        addServer(0, blueprint, settings, say);
        await(() -> PostgresServer.isReady(database, postgres.pid()), Duration.ofMillis(10));
        add(blueprint.ingest(), say);
        add(blueprint.scheduler(), say);
        add(blueprint.worker(0), say);
        startOthers = () -> {
            for (int i = 1; i < settings.workers(); i++) {
                addServer(i, blueprint, settings, say);
                add(blueprint.worker(i), say);
            }
        };
    }

    private void addServer(int index, ProcessSpecs blueprint, LocalSettings settings, Consumer<String> say) {
        if (settings.triton() == null) {
            add(blueprint.server(index), say, groups.of(ProcessSpecs.workerName(index)));
        }
    }

    private SupervisedProcess add(ProcessSpec spec, Consumer<String> say) {
        return add(spec, say, pid -> {});
    }

    private SupervisedProcess add(ProcessSpec spec, Consumer<String> say, LongConsumer born) {
        SupervisedProcess process = new SupervisedProcess(spec, watchdog, say, born, this::note);
        processes.add(process);
        return process;
    }

    /** Address of the public door. */
    public String url() {
        return "http://127.0.0.1:" + ports.ingest();
    }

    /** Where the data lies. */
    public Path data() {
        return data;
    }

    /** Returns when a job would run: one worker is ready, and the others are on their way. */
    public void awaitReady() throws InterruptedException {
        HttpProbe probe = new HttpProbe(ports.ingest(), HEALTH);
        await(probe::isUp, Duration.ofMillis(50));
        synchronized (this) {
            if (!closed) {
                startOthers.run();
            }
        }
        ready = true;
        note();
    }

    /** Returns when every worker is ready, after {@link #awaitReady}. */
    public void awaitWorkers() throws InterruptedException {
        for (int port : ports.workers()) {
            HttpProbe probe = new HttpProbe(port, HEALTH);
            await(probe::isUp, Duration.ofMillis(50));
        }
    }

    private void await(BooleanSupplier condition, Duration interval) throws InterruptedException {
        long end = System.nanoTime() + START_LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            for (SupervisedProcess process : processes) {
                if (process.restarts() >= HOPELESS) {
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

    /** The processes that it consists of now. */
    public List<RunningSystem.Member> members() {
        return processes.stream()
                .map(p -> new RunningSystem.Member(p.spec().name(), p.pid(), p.restarts()))
                .toList();
    }

    private synchronized void note() {
        if (closed) {
            return;
        }
        try {
            new RunningSystem(ProcessHandle.current().pid(), url(), ready, members()).writeTo(data);
        } catch (IOException e) {
            // A full disk: fq status shows what was true before, the system itself goes on.
        }
    }

    /** Ends everything properly, the public door first; what takes longer than about three seconds is killed. */
    @Override
    public void close() {
        end(patient ? Duration.ofMinutes(3) : Duration.ofMillis(900), false);
    }

    /**
     * Ends everything as quickly as nothing is left behind: the data may need repair and is not wanted any more, but workers
     * and the database still remove their shared memory.
     */
    public void kill() {
        end(Duration.ofMillis(1500), true);
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
            for (List<SupervisedProcess> stage : kill ? List.of(killed()) : stages()) {
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
            free.close();
        } catch (InterruptedException e) {
            interrupted = true;
            processes.forEach(SupervisedProcess::kill);
        } catch (IOException e) {
            // The file that could not be removed counts for nothing once the folder is let go.
        }
        SharedMemoryNames.deleteStale(SharedMemoryNames.FOLDER);
        groups.close();
        watchdog.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Kills those that leave nothing behind and returns the others. */
    private List<SupervisedProcess> killed() {
        List<SupervisedProcess> others = new ArrayList<>();
        for (SupervisedProcess process : processes) {
            String name = process.spec().name();
            if (name.startsWith("inference-service") || name.equals("database")) {
                others.add(process);
            } else {
                process.kill();
            }
        }
        return others;
    }

    /** Who may go together: the door first, then those who work, then what they all talk to. */
    private List<List<SupervisedProcess>> stages() {
        List<List<SupervisedProcess>> stages = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (SupervisedProcess process : processes) {
            int stage = switch (process.spec().name()) {
                case "ingest-service" -> 0;
                case "broker", "database" -> 2;
                default -> 1;
            };
            stages.get(stage).add(process);
        }
        return stages;
    }
}
