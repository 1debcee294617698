package io.framequota.ingest.chunk.kafka;

import io.framequota.local.kafka.LocalBroker;
import io.framequota.local.postgres.LocalDatabase;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A real broker that a test can stop and restart, and the database that the service needs. */
public class BrokerResource implements QuarkusTestResourceLifecycleManager {
    private static Path folder;
    private static int port;
    private static int controllerPort;
    private static LocalBroker broker;
    private LocalDatabase database;

    @Override
    public Map<String, String> start() {
        try {
            folder = Files.createTempDirectory("frames-it");
            port = freePort();
            controllerPort = freePort();
            startBroker();
            database = LocalDatabase.start(folder.resolve("database"), freePort());
            return Map.of(
                    "kafka.bootstrap.servers",
                    broker.bootstrap(),
                    "quarkus.datasource.jdbc.url",
                    database.jdbcUrl(),
                    "quarkus.datasource.username",
                    "postgres",
                    "framequota.control-token",
                    "a-token-of-this-test",
                    "framequota.storage",
                    folder.resolve("storage").toString(),
                    "quarkus.http.test-port",
                    "0");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts the broker on its old data and its old address. */
    static void startBroker() throws IOException {
        broker = LocalBroker.start(folder.resolve("broker"), port, controllerPort);
    }

    static void stopBroker() {
        broker.close();
    }

    static String bootstrap() {
        return "127.0.0.1:" + port;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void stop() {
        try {
            broker.close();
            database.close();
            try (var files = Files.walk(folder)) {
                for (Path path :
                        files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
