package io.framequota.cli.local.kafka;

import java.io.IOException;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The broker as a process of its own. */
public final class BrokerMain {
    /** Arguments: data folder, port, controller port. Ends with SIGTERM. */
    public static void main(String[] arguments) throws IOException {
        // A broker tells a thousand things at its start; formatting them would be a fifth of it.
        Logger.getLogger("").setLevel(Level.WARNING);
        LocalBroker broker = LocalBroker.start(
                Path.of(arguments[0]), Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
        Runtime.getRuntime().addShutdownHook(new Thread(broker::close));
        broker.awaitShutdown();
    }

    private BrokerMain() {}
}
