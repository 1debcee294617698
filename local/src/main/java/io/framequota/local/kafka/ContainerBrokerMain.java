package io.framequota.local.kafka;

import io.framequota.common.log.LogLines;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Runs a broker in a container, for clients in other containers. Configured by environment variables. */
public final class ContainerBrokerMain {
    /** Variable with the {@code HOST:PORT} by which clients reach the broker; by default {@code localhost} and the port. */
    private static final String ADVERTISED = "FRAMEQUOTA_KAFKA_ADVERTISED";

    /** Variable with the broker's folder, on a volume that outlives the container. */
    private static final String DATA = "FRAMEQUOTA_KAFKA_DATA";

    private static final int PORT = 9092;
    private static final int CONTROLLER = 9093;
    private static final int OWN = 9094;

    /** Takes no arguments. SIGTERM ends the broker. */
    public static void main(String[] arguments) {
        Logger.getLogger("").setLevel(Level.WARNING);
        LogLines.install();
        Map<String, String> environment = System.getenv();
        String advertised = environment.getOrDefault(ADVERTISED, "localhost:" + PORT);
        Path data = Path.of(environment.getOrDefault(DATA, "/data/kafka"));
        if (!advertised.matches("[^\\s:/]+:\\d{1,5}")) {
            System.err.println("kafka: " + ADVERTISED + "=" + advertised + ": give HOST:PORT");
            System.exit(2);
        }
        try {
            LocalBroker broker =
                    LocalBroker.start(data, BrokerListeners.onAllAddresses(PORT, advertised, OWN, CONTROLLER), null);
            Runtime.getRuntime().addShutdownHook(new Thread(broker::close));
            System.out.println("kafka is ready on port " + PORT + "; clients connect to " + advertised);
            broker.awaitShutdown();
        } catch (IOException e) {
            System.err.println("kafka: cannot use " + data + ": " + e.getMessage());
            System.exit(1);
        }
    }

    private ContainerBrokerMain() {}
}
