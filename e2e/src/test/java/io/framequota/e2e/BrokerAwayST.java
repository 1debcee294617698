package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.framequota.local.JvmOptions;
import io.framequota.local.kafka.BrokerLogin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker that is killed and comes back after a while: each service says both in one line, and goes on. */
@Tag("long")
class BrokerAwayST {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final long AWAY_SECONDS = 20;
    private static final List<String> SERVICES = List.of("ingest-service", "scheduler", "inference-service");

    private static final BrokerLogin LOGIN = new BrokerLogin("of-this-test");

    @TempDir
    Path folder;

    private final int port = Server.freePort();
    private final int controllerPort = Server.freePort();

    @Test
    void aLostBrokerIsLoggedOnceAndItsReturnOnce() throws Exception {
        Process broker = startBroker();
        awaitPort();
        Map<String, String> kafka = new HashMap<>(LOGIN.environment());
        kafka.put("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:" + port);
        try (ServicesByHand services = ServicesByHand.start(folder.resolve("services"), kafka)) {
            Server server = services.server();
            server.await("the system is ready", LIMIT, () -> server.answers("/q/health/ready"));
            Map<String, Integer> before = new HashMap<>();
            for (String service : SERVICES) {
                before.put(service, lines(service).size());
            }

            broker.destroyForcibly().waitFor();
            TimeUnit.SECONDS.sleep(AWAY_SECONDS);
            broker = startBroker();

            server.await(
                    "every service says that it is back",
                    LIMIT,
                    () -> SERVICES.stream()
                            .allMatch(s -> lines(s).stream().skip(before.get(s)).anyMatch(BrokerAwayST::isBack)));
            server.await("the system is ready again", LIMIT, () -> server.answers("/q/health/ready"));
            String job =
                    server.submit("sample:walkers", "people", 4).path("job").asText();
            JsonNode end = server.awaitEnd(job, LIMIT);
            server.assertEveryFrameOnce(end, 4);
            for (String service : SERVICES) {
                List<String> said =
                        lines(service).stream().skip(before.get(service)).toList();
                assertThat(said).as(service).filteredOn(BrokerAwayST::isAway).hasSize(1);
                assertThat(said).as(service).filteredOn(BrokerAwayST::isBack).hasSize(1);
                assertThat(said).as(service).hasSizeLessThan(10);
            }
        } finally {
            broker.destroyForcibly().waitFor();
        }
    }

    private static boolean isAway(String line) {
        return line.contains("NetworkClient")
                && (line.contains("could not be established") || line.contains("disconnected"));
    }

    private static boolean isBack(String line) {
        return line.contains("Kafka answers again");
    }

    /** What a service has said so far. */
    private List<String> lines(String service) {
        try {
            return Files.readAllLines(folder.resolve("services").resolve(service + ".log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A service that starts before its broker would say so, and then nothing more for a minute. */
    private void awaitPort() {
        Awaitility.await("the broker listens")
                .atMost(LIMIT)
                .ignoreException(ConnectException.class)
                .until(() -> {
                    new Socket(InetAddress.getLoopbackAddress(), port).close();
                    return true;
                });
    }

    private Process startBroker() throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JvmOptions.all(JvmOptions.ONE_RUN));
        command.addAll(List.of(
                "-Xmx256m",
                "-cp",
                Fq.ROOT.resolve("cli/target/fq.jar").toString(),
                "io.framequota.local.kafka.BrokerMain",
                folder.resolve("kafka").toString(),
                Integer.toString(port),
                Integer.toString(controllerPort)));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put(BrokerLogin.VARIABLE, LOGIN.password());
        return builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("broker.log").toFile()))
                .start();
    }
}
