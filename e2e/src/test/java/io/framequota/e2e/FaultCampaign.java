package io.framequota.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.framequota.e2e.FaultyProxy.Mode;
import io.framequota.local.JvmOptions;
import io.framequota.local.kafka.ProxiedBrokerMain;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Jobs on a running system while its processes are killed and frozen, its connections are delayed, stalled and reset, and its disk is
 * full. The seed decides which fault comes when; what it hits is up to the moment. Every job must end with the lines that it has on
 * an undisturbed system.
 */
final class FaultCampaign implements AutoCloseable {
    /** What may happen. */
    enum Fault {
        KILL_INGEST_SERVICE("kill -9 of ingest-service", 8),
        KILL_SCHEDULER("kill -9 of the scheduler", 8),
        KILL_INFERENCE_SERVICE("kill -9 of an inference-service", 12),
        KILL_INFERENCE_SERVER("kill -9 of the inference server", 8),
        KILL_BROKER("kill -9 of the broker", 4),
        KILL_DATABASE("kill -9 of the database", 5),
        KILL_SEVERAL("kill -9 of two processes at once", 4),
        FREEZE_INGEST_SERVICE("ingest-service stopped and continued", 6),
        FREEZE_SCHEDULER("the scheduler stopped and continued", 8),
        FREEZE_INFERENCE_SERVICE("an inference-service stopped and continued", 10),
        FREEZE_INFERENCE_SERVER("the inference server stopped and continued", 6),
        SECOND_SCHEDULER("a second scheduler at the same time", 3),
        SLOW_INFERENCE("a slow connection to the inference server", 6),
        STALLED_INFERENCE("a connection to the inference server that says nothing", 5),
        RESET_INFERENCE("connections to the inference server reset", 10),
        FAILING_INFERENCE("an inference server that answers with errors", 5),
        SLOW_BROKER("slow connections to the broker", 6),
        STALLED_BROKER("connections to the broker that say nothing", 5),
        RESET_BROKER("connections to the broker reset, messages lost", 10),
        FULL_DISK("a full disk for uploads and results", 4);

        final String words;
        final int weight;
        final boolean lasts;

        Fault(String words, int weight) {
            this.words = words;
            this.weight = weight;
            lasts = !name().startsWith("KILL") && !name().startsWith("RESET");
        }
    }

    /**
     * How much.
     *
     * @param faults at most, over {@code limit} together
     * @param jobs at least
     */
    record Plan(long seed, int faults, int jobs, Duration limit) {}

    private record Source(String name, String model, int every) {}

    private static final List<Source> SOURCES =
            List.of(new Source("sample:walkers", "people", 4), new Source("sample:walkers", "people", 6));
    private static final int OPEN_JOBS = 4;
    private static final int DISK_MEBIBYTES = 256;
    private static final Duration END_LIMIT = Duration.ofMinutes(6);
    private static final List<String> ENDED = List.of("SUCCEEDED", "FAILED", "CANCELLED");

    /** Something that happens {@code atMillis} after the begin, for {@code lastsMillis}; {@code pick} chooses among equal targets. */
    private record Event(Fault fault, long atMillis, long lastsMillis, int pick) {}

    private final Plan plan;
    private final List<Event> events;
    private final Path folder;
    private final int brokerPort = Server.freePort();
    private final int brokerOwnPort = Server.freePort();
    private final int controllerPort = Server.freePort();
    private final boolean ownDisk;
    private final FaultyProxy kafka;
    private final ServicesByHand services;
    private final Server server;
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(4);
    private final Map<Source, String> expected = new LinkedHashMap<>();
    private final Map<String, Source> accepted = new ConcurrentHashMap<>();
    private final Map<Fault, Integer> happened = new EnumMap<>(Fault.class);
    private int impossible;
    private final List<String> story = new CopyOnWriteArrayList<>();
    private final long begin = System.nanoTime();
    private volatile @Nullable FaultyProxy triton;
    private volatile Process broker;
    private volatile boolean reviving = true;
    private volatile boolean submitting = true;

    /** Starts the system. */
    FaultCampaign(Plan plan, Path folder) throws IOException {
        this.plan = plan;
        this.folder = folder;
        Path parts = Files.createDirectories(folder.resolve("services"));
        ownDisk = mount(Files.createDirectories(parts.resolve("storage")));
        events = events(plan, ownDisk);
        kafka = new FaultyProxy(brokerPort);
        broker = startBroker();
        try {
            services = ServicesByHand.start(
                    parts,
                    Map.of("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:" + kafka.port()),
                    // Small chunks: a short job has a middle.
                    Map.of("FRAMEQUOTA_CHUNK_FRAMES", "8"),
                    new ServicesByHand.Layout(2, true, this::proxied));
        } catch (IOException | RuntimeException e) {
            broker.destroyForcibly();
            unmount(parts.resolve("storage"));
            throw e;
        }
        server = services.server();
    }

    private int proxied(int port) {
        try {
            FaultyProxy proxy = triton;
            if (proxy == null) {
                proxy = new FaultyProxy(port);
                triton = proxy;
            }
            return proxy.port();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Event> events(Plan plan, boolean ownDisk) {
        Random random = new Random(plan.seed());
        List<Fault> bag = new ArrayList<>();
        for (Fault fault : Fault.values()) {
            if (fault != Fault.FULL_DISK || ownDisk) {
                bag.addAll(Collections.nCopies(fault.weight, fault));
            }
        }
        List<Event> events = new ArrayList<>();
        long between = plan.limit().toMillis() / plan.faults();
        for (int i = 0; i < plan.faults(); i++) {
            events.add(new Event(
                    bag.get(random.nextInt(bag.size())),
                    i * between + random.nextLong(between),
                    // From less than a heartbeat to several times the time after which a worker counts as gone.
                    300 + random.nextLong(11_000),
                    random.nextInt(1 << 16)));
        }
        events.sort(Comparator.comparingLong(Event::atMillis));
        return events;
    }

    /** Runs the campaign and checks what came out of it. */
    Report run() throws Exception {
        server.await("the system is ready", Duration.ofMinutes(4), () -> server.answers("/q/health/ready"));
        for (Source source : SOURCES) {
            String job = server.submit(source.name(), source.model(), source.every())
                    .path("job")
                    .asText();
            JsonNode end = server.awaitEnd(job, END_LIMIT);
            if (!end.path("state").asText().equals("SUCCEEDED")) {
                throw new AssertionError("a job failed before the first fault: " + end + "\n" + services.logs());
            }
            expected.put(source, server.result(job));
        }
        tell("undisturbed results are known");
        Thread reviver = Thread.ofPlatform().start(this::revive);
        Thread submitter = Thread.ofPlatform().start(this::submit);
        long first = System.nanoTime();
        for (Event event : events) {
            long wait = event.atMillis() - (System.nanoTime() - first) / 1_000_000;
            if (wait > 0) {
                TimeUnit.MILLISECONDS.sleep(wait);
            }
            happen(event);
        }
        timer.shutdown();
        timer.awaitTermination(30, TimeUnit.SECONDS);
        heal();
        tell("faults are over");
        while (accepted.size() < plan.jobs()
                && secondsSince(first) < plan.limit().toSeconds() + 600) {
            TimeUnit.MILLISECONDS.sleep(200);
        }
        submitting = false;
        submitter.join();
        Report report = check();
        reviving = false;
        reviver.join();
        return report;
    }

    private void happen(Event event) {
        Fault fault = event.fault();
        FaultyProxy inference = Objects.requireNonNull(triton);
        try {
            switch (fault) {
                case KILL_INGEST_SERVICE -> kill("ingest-service");
                case KILL_SCHEDULER -> kill("scheduler");
                case KILL_INFERENCE_SERVICE -> kill(worker(event.pick()));
                case KILL_INFERENCE_SERVER -> kill("inference-server");
                case KILL_BROKER -> Fq.signal(broker.pid(), "KILL");
                case KILL_DATABASE -> services.databasePids().forEach(pid -> Fq.signal(pid, "KILL"));
                case KILL_SEVERAL -> {
                    List<String> all = List.of(
                            "ingest-service",
                            "scheduler",
                            "inference-service",
                            "inference-service-1",
                            "inference-server");
                    kill(all.get(event.pick() % all.size()));
                    kill(all.get((event.pick() + 1 + event.pick() / 7 % (all.size() - 1)) % all.size()));
                }
                case FREEZE_INGEST_SERVICE -> freeze("ingest-service", event);
                case FREEZE_SCHEDULER -> freeze("scheduler", event);
                case FREEZE_INFERENCE_SERVICE -> freeze(worker(event.pick()), event);
                case FREEZE_INFERENCE_SERVER -> freeze("inference-server", event);
                case SECOND_SCHEDULER -> {
                    services.wake(ServicesByHand.SECOND_SCHEDULER);
                    // It takes some seconds until it leads.
                    later(event.lastsMillis() + 10_000, () -> services.rest(ServicesByHand.SECOND_SCHEDULER));
                }
                case SLOW_INFERENCE -> disturb(inference, Mode.SLOW, event);
                case STALLED_INFERENCE -> disturb(inference, Mode.STALLED, event);
                case RESET_INFERENCE -> inference.reset();
                case FAILING_INFERENCE -> {
                    disturb(inference, Mode.ERRORS, event);
                    inference.reset();
                }
                case SLOW_BROKER -> disturb(kafka, Mode.SLOW, event);
                case STALLED_BROKER -> disturb(kafka, Mode.STALLED, event);
                case RESET_BROKER -> kafka.reset();
                case FULL_DISK -> {
                    fill();
                    later(event.lastsMillis(), this::empty);
                }
            }
            happened.merge(fault, 1, Integer::sum);
            tell(fault.words + (fault.lasts ? " for " + event.lastsMillis() + " ms" : ""));
        } catch (IOException | RuntimeException e) {
            impossible++;
            tell(fault.words + " was not possible: " + e.getMessage());
        }
    }

    private static String worker(int pick) {
        return pick % 2 == 0 ? "inference-service" : "inference-service-1";
    }

    private void kill(String name) {
        Fq.signal(alive(name), "KILL");
    }

    /** The process of a name, which may be about to be started again. */
    private long alive(String name) {
        for (int i = 0; i < 30 && !services.process(name).isAlive(); i++) {
            pause(100);
        }
        return services.process(name).pid();
    }

    private void freeze(String name, Event event) {
        long pid = alive(name);
        Fq.signal(pid, "STOP");
        later(event.lastsMillis(), () -> Fq.signal(pid, "CONT"));
    }

    private void disturb(FaultyProxy proxy, Mode mode, Event event) {
        proxy.mode(mode);
        later(event.lastsMillis(), () -> proxy.mode(Mode.PASS));
    }

    private void later(long millis, Runnable end) {
        timer.schedule(end, millis, TimeUnit.MILLISECONDS);
    }

    private void heal() {
        for (String name : services.names()) {
            Fq.signal(services.process(name).pid(), "CONT");
        }
        services.rest(ServicesByHand.SECOND_SCHEDULER);
        Objects.requireNonNull(triton).mode(Mode.PASS);
        kafka.mode(Mode.PASS);
        empty();
    }

    /** What ends is started again, as a supervisor or a cluster does. */
    private void revive() {
        while (reviving) {
            try {
                TimeUnit.MILLISECONDS.sleep(500);
                if (!broker.isAlive()) {
                    broker = startBroker();
                }
                services.revive();
            } catch (IOException | RuntimeException e) {
                tell("not started again yet: " + e.getMessage());
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Keeps some jobs open, and submits until there are enough. Clients try again. */
    private void submit() {
        int next = 0;
        while (submitting) {
            try {
                long open = accepted.keySet().stream()
                        .filter(id ->
                                !ENDED.contains(server.job(id).path("state").asText()))
                        .limit(OPEN_JOBS)
                        .count();
                if (open < OPEN_JOBS) {
                    Source source = SOURCES.get(next++ % SOURCES.size());
                    String id = server.submit(source.name(), source.model(), source.every())
                            .path("job")
                            .asText();
                    accepted.put(id, source);
                } else {
                    TimeUnit.MILLISECONDS.sleep(300);
                }
            } catch (UncheckedIOException | AssertionError e) {
                pause(500);
            } catch (RuntimeException e) {
                tell("a submission failed: " + e);
                pause(500);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static void pause(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Report check() {
        List<String> broken = new ArrayList<>();
        long frames = 0;
        long delivered = 0;
        long duplicated = 0;
        long lost = 0;
        int succeeded = 0;
        int redriven = 0;
        for (Map.Entry<String, Source> job : accepted.entrySet()) {
            String want = expected.get(job.getValue());
            List<String> wanted = want.lines().toList();
            frames += wanted.size();
            JsonNode end;
            try {
                end = server.awaitEnd(job.getKey(), END_LIMIT);
            } catch (AssertionError e) {
                lost += wanted.size();
                broken.add("job " + job.getKey() + " has not ended: "
                        + e.getMessage().lines().findFirst().orElse(""));
                continue;
            }
            if (diskWasFull(end)) {
                // Such a job says so, keeps what it has, and goes on when its owner asks.
                server.redrive(job.getKey());
                redriven++;
                end = server.awaitEnd(job.getKey(), END_LIMIT);
            }
            List<String> lines = server.result(job.getKey()).lines().toList();
            Map<Long, Long> byFrame = lines.stream()
                    .collect(Collectors.groupingBy(
                            l -> Server.parse(l).path("frame").asLong(), Collectors.counting()));
            delivered += lines.size();
            duplicated += byFrame.values().stream().mapToLong(n -> n - 1).sum();
            lost += wanted.stream()
                    .filter(l ->
                            !byFrame.containsKey(Server.parse(l).path("frame").asLong()))
                    .count();
            if (!end.path("state").asText().equals("SUCCEEDED")) {
                broken.add("job " + job.getKey() + ": " + end);
            } else if (!lines.equals(wanted)) {
                broken.add("job " + job.getKey() + ": its lines differ from those of an undisturbed run, first at "
                        + firstDifference(lines, wanted));
            } else {
                succeeded++;
            }
        }
        // Of a submission whose answer was lost nobody knows, but the system accepted it.
        for (JsonNode job : server.get("/api/v1/jobs")) {
            String id = job.path("job").asText();
            if (!accepted.containsKey(id)
                    && !ENDED.contains(
                            server.awaitEnd(id, END_LIMIT).path("state").asText())) {
                broken.add("job " + id + " has not ended");
            }
        }
        return new Report(
                plan.seed(),
                plan.limit().toMillis() / 60_000.0,
                new EnumMap<>(happened),
                impossible,
                accepted.size(),
                succeeded,
                redriven,
                frames,
                delivered,
                duplicated,
                lost,
                secondsSince(begin),
                List.copyOf(broken),
                List.copyOf(story),
                ownDisk);
    }

    private boolean diskWasFull(JsonNode end) {
        return happened.containsKey(Fault.FULL_DISK)
                && end.path("state").asText().equals("FAILED")
                && end.path("error").asText().contains("storage");
    }

    private static String firstDifference(List<String> lines, List<String> wanted) {
        for (int i = 0; i < Math.min(lines.size(), wanted.size()); i++) {
            if (!lines.get(i).equals(wanted.get(i))) {
                return lines.get(i) + " instead of " + wanted.get(i);
            }
        }
        return lines.size() + " lines instead of " + wanted.size();
    }

    private static long secondsSince(long nanos) {
        return (System.nanoTime() - nanos) / 1_000_000_000;
    }

    private void tell(String what) {
        String line = "%6.1f s  %s".formatted((System.nanoTime() - begin) / 1e9, what);
        story.add(line);
        System.out.println(line);
    }

    private Process startBroker() throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JvmOptions.all(JvmOptions.ONE_RUN));
        command.addAll(List.of(
                "-Xmx256m",
                "-cp",
                Fq.ROOT.resolve("e2e/target/test-classes") + ":" + Fq.ROOT.resolve("cli/target/fq.jar"),
                ProxiedBrokerMain.class.getName(),
                folder.resolve("kafka").toString(),
                Integer.toString(brokerPort),
                Integer.toString(kafka.port()),
                Integer.toString(brokerOwnPort),
                Integer.toString(controllerPort)));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("broker.log").toFile()))
                .start();
    }

    /** Gives the storage a small disk of its own; false if this user may not. */
    private static boolean mount(Path storage) throws IOException {
        return command("mount", "-t", "tmpfs", "-o", "size=" + DISK_MEBIBYTES + "m", "tmpfs", storage.toString());
    }

    private void unmount(Path storage) throws IOException {
        if (ownDisk) {
            command("umount", storage.toString());
        }
    }

    private static boolean command(String... words) throws IOException {
        try {
            return new ProcessBuilder(words)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Path ballast() {
        return services.storage().resolve("ballast");
    }

    private void fill() throws IOException {
        try (OutputStream out = Files.newOutputStream(ballast())) {
            byte[] block = new byte[4096];
            for (int i = 0; i < DISK_MEBIBYTES * 1024; i++) {
                out.write(block);
            }
            throw new IOException("the disk is larger than it was made");
        } catch (IOException e) {
            if (Files.size(ballast()) == 0) {
                throw e;
            }
            // It is full.
        }
    }

    private void empty() {
        try {
            Files.deleteIfExists(ballast());
        } catch (IOException e) {
            tell("the disk stays full: " + e.getMessage());
        }
    }

    @Override
    public void close() throws IOException {
        reviving = false;
        submitting = false;
        timer.shutdownNow();
        heal();
        services.close();
        kafka.close();
        Objects.requireNonNull(triton).close();
        broker.destroyForcibly();
        unmount(services.storage());
    }

    /**
     * What came out.
     *
     * @param minutes over which the faults were spread
     * @param impossible faults that were drawn and could not be made to happen
     * @param jobs accepted
     * @param succeeded of them with the lines of an undisturbed run
     * @param redriven of them after a full disk had failed them
     * @param broken promises that were broken, one line each
     * @param story what happened when
     */
    record Report(
            long seed,
            double minutes,
            Map<Fault, Integer> faults,
            int impossible,
            int jobs,
            int succeeded,
            int redriven,
            long expected,
            long delivered,
            long duplicated,
            long lost,
            long seconds,
            List<String> broken,
            List<String> story,
            boolean disk) {
        int count() {
            return faults.values().stream().mapToInt(n -> n).sum();
        }

        /** One line for the end of a build. */
        String summary() {
            return "fault campaign: seed %d, %d faults of %d kinds, %d jobs, %d frames expected, %d delivered, %d twice, %d lost, %d promises broken, %d s"
                    .formatted(
                            seed,
                            count(),
                            faults.size(),
                            jobs,
                            expected,
                            delivered,
                            duplicated,
                            lost,
                            broken.size(),
                            seconds);
        }

        String markdown() {
            StringBuilder text = new StringBuilder();
            text.append("# Fault campaign\n\n");
            text.append(
                            "Jobs on a running system while its processes are killed and frozen, its connections disturbed and its disk full.")
                    .append(" Each job's lines are compared with those of the same job on an undisturbed system.\n\n");
            text.append("| | |\n|---|---|\n");
            row(text, "date", LocalDate.now().toString());
            row(
                    text,
                    "command",
                    "`e2e/campaign --seed " + seed + " --faults " + (count() + impossible) + " --jobs " + jobs
                            + " --minutes " + minutes + "`");
            row(text, "faults survived", (broken.isEmpty() ? count() : "not all") + " of " + count());
            row(text, "faults drawn that were not possible", impossible);
            row(text, "jobs accepted", jobs);
            row(text, "jobs that succeeded with the same lines", succeeded);
            row(text, "of them redriven after a full disk", redriven);
            row(text, "frames expected", expected);
            row(text, "frames delivered", delivered);
            row(text, "frames twice", duplicated);
            row(text, "frames lost", lost);
            row(text, "duration", seconds + " s");
            text.append("\n| fault | times |\n|---|---|\n");
            faults.forEach((fault, times) -> row(text, fault.words, times));
            text.append("\nNot done here: clock jumps of one process (`SchedulingSimulationTest` has them)")
                    .append(disk ? "" : "; a full disk, for which the program needs root")
                    .append(".\n");
            broken.forEach(line -> text.append("\nBroken: ").append(line).append('\n'));
            return text.toString();
        }

        private static void row(StringBuilder text, String name, Object value) {
            text.append("| ").append(name).append(" | ").append(value).append(" |\n");
        }

        String json() {
            ObjectNode json = JsonNodeFactory.instance.objectNode();
            json.put("seed", seed)
                    .put("date", LocalDate.now().toString())
                    .put("seconds", seconds)
                    .put("faults_impossible", impossible)
                    .put("jobs", jobs)
                    .put("succeeded", succeeded)
                    .put("redriven", redriven)
                    .put("frames_expected", expected)
                    .put("frames_delivered", delivered)
                    .put("frames_duplicated", duplicated)
                    .put("frames_lost", lost);
            ObjectNode kinds = json.putObject("faults");
            faults.forEach((fault, times) -> kinds.put(fault.name().toLowerCase(Locale.ROOT), times));
            broken.forEach(json.putArray("broken")::add);
            story.forEach(json.putArray("story")::add);
            return json.toPrettyString();
        }
    }
}
