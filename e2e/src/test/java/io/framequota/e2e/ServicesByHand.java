package io.framequota.e2e;

import io.framequota.local.JvmOptions;
import io.framequota.local.postgres.LocalDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.IntUnaryOperator;

/**
 * The system as a cluster runs it: every process configured by its environment alone, beside a broker that is somebody
 * else's. A database of its own.
 */
final class ServicesByHand implements AutoCloseable {
    private static final String TOKEN = "a-token-of-this-test";

    /**
     * What runs.
     *
     * @param workers processes with one worker each
     * @param second whether there is a {@link #SECOND_SCHEDULER}
     * @param triton the port by which workers reach the inference server on this port
     */
    record Layout(int workers, boolean second, IntUnaryOperator triton) {
        static final Layout SMALLEST = new Layout(1, false, port -> port);
    }

    /** A scheduler beside the other one, which runs only from {@link #wake} to {@link #rest}. */
    static final String SECOND_SCHEDULER = "scheduler-1";

    private record Program(List<String> command, Map<String, String> environment) {}

    private final Path folder;
    private final int databasePort = Server.freePort();
    private final Map<String, Program> programs = new LinkedHashMap<>();
    private final Map<String, Process> processes = new LinkedHashMap<>();
    private final Set<String> resting = new HashSet<>();
    private final Server server;
    private LocalDatabase database;

    private ServicesByHand(Path folder, int port) throws IOException {
        this.folder = folder;
        this.database = LocalDatabase.start(folder.resolve("database"), databasePort);
        this.server = new Server("http://127.0.0.1:" + port, this::logs);
    }

    /** Starts one of each and returns at once. */
    static ServicesByHand start(Path folder, Map<String, String> kafka) throws IOException {
        return start(folder, kafka, Map.of(), Layout.SMALLEST);
    }

    /**
     * Starts everything and returns at once.
     *
     * @param kafka environment by which clients reach the broker
     * @param settings of all services
     */
    static ServicesByHand start(Path folder, Map<String, String> kafka, Map<String, String> settings, Layout layout)
            throws IOException {
        Files.createDirectories(folder);
        int ingest = Server.freePort();
        int triton = Server.freePort();
        int scheduler = Server.freePort();
        ServicesByHand services = new ServicesByHand(folder, ingest);
        Map<String, String> common = new HashMap<>(settings);
        common.putAll(kafka);
        try {
            services.add(
                    "inference-server",
                    "inference-server/target/inference-server.jar",
                    Map.of(),
                    "--port",
                    Integer.toString(triton));
            services.service(
                    "ingest-service",
                    "ingest-service",
                    common,
                    ingest,
                    Map.of(
                            "QUARKUS_DATASOURCE_JDBC_URL",
                            services.database.jdbcUrl(),
                            "QUARKUS_DATASOURCE_USERNAME",
                            "postgres",
                            "QUARKUS_DATASOURCE_PASSWORD",
                            "postgres",
                            "FRAMEQUOTA_STORAGE",
                            services.storage().toString(),
                            "FRAMEQUOTA_CONTROL_TOKEN",
                            TOKEN,
                            "FRAMEQUOTA_SCHEDULER_URL",
                            "http://127.0.0.1:" + scheduler));
            Map<String, String> leading = Map.of(
                    "FRAMEQUOTA_AUTHORITY",
                    "127.0.0.1:" + ingest,
                    "FRAMEQUOTA_CONTROL_TOKEN",
                    TOKEN,
                    "FRAMEQUOTA_START",
                    "of-this-test");
            services.service("scheduler", "scheduler/controller", common, scheduler, leading);
            if (layout.second()) {
                services.resting.add(SECOND_SCHEDULER);
                services.service(SECOND_SCHEDULER, "scheduler/controller", common, Server.freePort(), leading);
            }
            for (int i = 0; i < layout.workers(); i++) {
                services.service(
                        numbered("inference-service", i),
                        "inference-service",
                        common,
                        Server.freePort(),
                        Map.of(
                                "FRAMEQUOTA_TRITON",
                                "127.0.0.1:" + layout.triton().applyAsInt(triton),
                                "FRAMEQUOTA_WORKER",
                                "worker-" + i));
            }
            return services;
        } catch (IOException | RuntimeException e) {
            services.close();
            throw e;
        }
    }

    private static String numbered(String name, int index) {
        return index == 0 ? name : name + "-" + index;
    }

    /** Its public door. */
    Server server() {
        return server;
    }

    /** Where ingest-service keeps uploads and results. */
    Path storage() {
        return folder.resolve("storage");
    }

    /** The names of all that was started. */
    synchronized List<String> names() {
        return List.copyOf(processes.keySet());
    }

    /** Starts a program that rests. */
    synchronized void wake(String name) throws IOException {
        if (resting.remove(name)) {
            run(name);
        }
    }

    /** Kills a program, and does not start it again. */
    synchronized void rest(String name) {
        Process process = processes.get(name);
        if (resting.add(name) && process != null) {
            process.destroyForcibly();
        }
    }

    /** The process of this name, alive or not. */
    synchronized Process process(String name) {
        Process process = processes.get(name);
        if (process == null) {
            throw new IllegalArgumentException("no process " + name + "; there are " + processes.keySet());
        }
        return process;
    }

    /** Starts again what has ended, the database too; returns the names. */
    synchronized List<String> revive() throws IOException {
        List<String> ended = new ArrayList<>();
        if (databasePids().isEmpty()) {
            database.close();
            database = LocalDatabase.start(folder.resolve("database"), databasePort);
            ended.add("database");
        }
        for (String name : programs.keySet()) {
            if (!resting.contains(name) && !process(name).isAlive()) {
                run(name);
                ended.add(name);
            }
        }
        return ended;
    }

    /** The database's first process. */
    List<Long> databasePids() {
        return ProcessHandle.current()
                .descendants()
                .map(ProcessHandle::pid)
                .filter(pid -> {
                    String command = Fq.commandLine(pid);
                    return command.contains("/bin/postgres")
                            && command.contains("-p " + databasePort + " ")
                            && !command.startsWith("/bin/bash");
                })
                .toList();
    }

    private void service(String name, String module, Map<String, String> common, int port, Map<String, String> settings)
            throws IOException {
        Map<String, String> environment = new HashMap<>(common);
        environment.putAll(settings);
        environment.put("QUARKUS_HTTP_HOST", "127.0.0.1");
        environment.put("QUARKUS_HTTP_PORT", Integer.toString(port));
        add(name, module + "/target/quarkus-app/quarkus-run.jar", environment);
    }

    private void add(String name, String jar, Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JvmOptions.all(JvmOptions.ONE_RUN));
        command.addAll(List.of("-Xmx256m", "-jar", Fq.ROOT.resolve(jar).toString()));
        command.addAll(List.of(arguments));
        programs.put(name, new Program(command, environment));
        if (!resting.contains(name)) {
            run(name);
        }
    }

    private synchronized void run(String name) throws IOException {
        Program program = programs.get(name);
        ProcessBuilder builder = new ProcessBuilder(program.command())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve(name + ".log").toFile()));
        builder.environment().putAll(program.environment());
        processes.put(name, builder.start());
    }

    /** What the processes said last. */
    String logs() {
        StringBuilder text = new StringBuilder();
        try (var files = Files.newDirectoryStream(folder, "*.log")) {
            for (Path file : files) {
                String log = Files.readString(file);
                text.append("== ").append(file.getFileName()).append('\n');
                text.append(log.substring(Math.max(0, log.length() - 2000)));
            }
        } catch (IOException e) {
            text.append(e);
        }
        return text.toString();
    }

    @Override
    public synchronized void close() throws IOException {
        List<Process> all = new ArrayList<>(processes.values()).reversed();
        all.forEach(Process::destroy);
        try {
            for (Process process : all) {
                if (!process.waitFor(20, TimeUnit.SECONDS)) {
                    process.destroyForcibly().waitFor();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        database.close();
    }
}
