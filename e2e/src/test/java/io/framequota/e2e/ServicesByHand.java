package io.framequota.e2e;

import io.framequota.local.JvmOptions;
import io.framequota.local.postgres.LocalDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The system as a cluster runs it: every process configured by its environment alone, beside a broker that is somebody
 * else's. One worker, a database of its own.
 */
final class ServicesByHand implements AutoCloseable {
    private static final String TOKEN = "a-token-of-this-test";

    private final Path folder;
    private final LocalDatabase database;
    private final List<Process> processes = new ArrayList<>();
    private final Server server;

    private ServicesByHand(Path folder, LocalDatabase database, int port) {
        this.folder = folder;
        this.database = database;
        this.server = new Server("http://127.0.0.1:" + port, this::logs);
    }

    /**
     * Starts everything and returns at once.
     *
     * @param kafka environment by which clients reach the broker
     */
    static ServicesByHand start(Path folder, Map<String, String> kafka) throws IOException {
        Files.createDirectories(folder);
        int ingest = Server.freePort();
        int scheduler = Server.freePort();
        int triton = Server.freePort();
        LocalDatabase database = LocalDatabase.start(folder.resolve("database"), Server.freePort());
        ServicesByHand services = new ServicesByHand(folder, database, ingest);
        try {
            services.run("inference-server/target/inference-server.jar", Map.of(), "--port", "" + triton);
            services.service(
                    "ingest-service",
                    kafka,
                    ingest,
                    Map.of(
                            "QUARKUS_DATASOURCE_JDBC_URL",
                            database.jdbcUrl(),
                            "QUARKUS_DATASOURCE_USERNAME",
                            "postgres",
                            "QUARKUS_DATASOURCE_PASSWORD",
                            "postgres",
                            "FRAMEQUOTA_STORAGE",
                            folder.resolve("storage").toString(),
                            "FRAMEQUOTA_CONTROL_TOKEN",
                            TOKEN,
                            "FRAMEQUOTA_SCHEDULER_URL",
                            "http://127.0.0.1:" + scheduler));
            services.service(
                    "scheduler/controller",
                    kafka,
                    scheduler,
                    Map.of("FRAMEQUOTA_AUTHORITY", "127.0.0.1:" + ingest, "FRAMEQUOTA_CONTROL_TOKEN", TOKEN));
            services.service(
                    "inference-service", kafka, Server.freePort(), Map.of("FRAMEQUOTA_TRITON", "127.0.0.1:" + triton));
            return services;
        } catch (IOException | RuntimeException e) {
            services.close();
            throw e;
        }
    }

    /** Its public door. */
    Server server() {
        return server;
    }

    private void service(String module, Map<String, String> kafka, int port, Map<String, String> settings)
            throws IOException {
        Map<String, String> environment = new HashMap<>(kafka);
        environment.putAll(settings);
        environment.put("QUARKUS_HTTP_HOST", "127.0.0.1");
        environment.put("QUARKUS_HTTP_PORT", Integer.toString(port));
        run(module + "/target/quarkus-app/quarkus-run.jar", environment);
    }

    private void run(String jar, Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JvmOptions.all(JvmOptions.ONE_RUN));
        command.addAll(List.of("-Xmx256m", "-jar", Fq.ROOT.resolve(jar).toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(jar.substring(0, jar.indexOf('/')) + ".log")
                        .toFile());
        builder.environment().putAll(environment);
        processes.add(builder.start());
    }

    /** What the processes said last. */
    private String logs() {
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
    public void close() throws IOException {
        processes.reversed().forEach(Process::destroy);
        try {
            for (Process process : processes) {
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
