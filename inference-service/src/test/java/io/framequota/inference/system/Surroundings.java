package io.framequota.inference.system;

import io.framequota.local.kafka.LocalBroker;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;

/** Starts a real broker and the stand-in server before the worker. */
public final class Surroundings implements QuarkusTestResourceLifecycleManager {
    private Path folder;
    private LocalBroker broker;
    private StandInServer server;
    private String workers = "worker-7";

    @Override
    public void init(Map<String, String> arguments) {
        workers = arguments.getOrDefault("workers", workers);
    }

    @Override
    public Map<String, String> start() {
        try {
            folder = Files.createTempDirectory("worker-it");
            broker = LocalBroker.start(folder.resolve("kafka"), freePort(), freePort());
            int port = freePort();
            server = new StandInServer(port);
            server.start();
            return Map.of(
                    "kafka.bootstrap.servers",
                    broker.bootstrap(),
                    "framequota.triton",
                    "127.0.0.1:" + port,
                    "framequota.worker",
                    workers,
                    "quarkus.http.test-port",
                    "0");
        } catch (IOException e) {
            throw new IllegalStateException("the surroundings cannot be started", e);
        }
    }

    @Override
    public void inject(TestInjector injector) {
        injector.injectIntoFields(broker, new TestInjector.MatchesType(LocalBroker.class));
        injector.injectIntoFields(server, new TestInjector.MatchesType(StandInServer.class));
    }

    @Override
    public void stop() {
        server.kill();
        broker.close();
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
