package io.framequota.cli.local.kafka;

import java.io.IOException;
import java.nio.file.Path;

/** The broker as a process of its own. */
public final class BrokerMain {
    /** Arguments: data folder, port, controller port. Ends with SIGTERM. */
    public static void main(String[] arguments) throws IOException {
        LocalBroker broker = LocalBroker.start(
                Path.of(arguments[0]), Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
        Runtime.getRuntime().addShutdownHook(new Thread(broker::close));
        broker.awaitShutdown();
    }

    private BrokerMain() {}
}
