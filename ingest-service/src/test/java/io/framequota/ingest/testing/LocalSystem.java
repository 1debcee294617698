package io.framequota.ingest.testing;

import com.sun.net.httpserver.HttpServer;
import io.framequota.local.kafka.LocalBroker;
import io.framequota.local.postgres.LocalDatabase;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Starts a real PostgreSQL and a real Kafka broker on free ports with their own data, and an HTTP server in place of the scheduler.
 * The server answers {@code {"path":"...","body":"..."}} on every path, which shows what was forwarded, or what a PUT to
 * {@code /stub} and that path has brought.
 */
public final class LocalSystem implements QuarkusTestResourceLifecycleManager {
    /** The token that a scheduler must show. */
    public static final String CONTROL_TOKEN = "a-token-of-this-test";

    private Path folder;
    private LocalDatabase database;
    private LocalBroker broker;
    private HttpServer scheduler;

    @Override
    public Map<String, String> start() {
        try {
            folder = Files.createTempDirectory("framequota-ingest-it");
            database = LocalDatabase.start(folder.resolve("database"), freePort());
            broker = LocalBroker.start(folder.resolve("broker"), freePort(), freePort());
            scheduler = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            Map<String, String> answers = new ConcurrentHashMap<>();
            scheduler.createContext("/", exchange -> {
                String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
                String path = exchange.getRequestURI().getPath();
                if (path.startsWith("/stub/")) {
                    answers.put(path.substring("/stub".length()), body);
                }
                byte[] answer = answers.containsKey(path)
                        ? answers.get(path).getBytes(StandardCharsets.UTF_8)
                        : ("{\"method\":\"" + exchange.getRequestMethod() + "\",\"path\":\"" + exchange.getRequestURI()
                                        + "\",\"body\":\"" + body.replace("\"", "'") + "\"}")
                                .getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().add("Content-Type", "application/json");
                exchange.sendResponseHeaders(200, answer.length);
                exchange.getResponseBody().write(answer);
                exchange.close();
            });
            scheduler.start();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        Map<String, String> config = new HashMap<>();
        config.put("kafka.bootstrap.servers", broker.bootstrap());
        config.put("quarkus.datasource.jdbc.url", database.jdbcUrl());
        config.put("quarkus.datasource.username", "postgres");
        config.put("quarkus.datasource.password", "postgres");
        config.put("framequota.storage", folder.resolve("storage").toString());
        config.put(
                "framequota.scheduler-url",
                "http://127.0.0.1:" + scheduler.getAddress().getPort());
        config.put("framequota.control-token", CONTROL_TOKEN);
        config.put("framequota.chunk-frames", "10");
        config.put("framequota.result-retention", "30D");
        config.put("quarkus.http.test-port", "0");
        return config;
    }

    @Override
    public void stop() {
        try {
            if (scheduler != null) {
                scheduler.stop(0);
            }
            if (broker != null) {
                broker.close();
            }
            if (database != null) {
                database.close();
            }
            if (folder != null) {
                try (Stream<Path> all = Files.walk(folder)) {
                    for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
                        Files.deleteIfExists(p);
                    }
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
