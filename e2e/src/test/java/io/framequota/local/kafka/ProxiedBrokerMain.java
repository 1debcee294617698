package io.framequota.local.kafka;

import java.io.IOException;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A broker whose clients are sent to another port than its own, where a proxy of a test listens. */
public final class ProxiedBrokerMain {
    private static final String LOOPBACK = "127.0.0.1:";

    private ProxiedBrokerMain() {}

    /** Arguments: data folder, port of the broker, port of the proxy, the broker's port for itself, controller port. */
    public static void main(String[] arguments) throws IOException {
        Logger.getLogger("").setLevel(Level.WARNING);
        BrokerListeners listeners = new BrokerListeners(
                LOOPBACK + arguments[1],
                LOOPBACK + arguments[2],
                Integer.parseInt(arguments[3]),
                Integer.parseInt(arguments[4]));
        LocalBroker.start(Path.of(arguments[0]), listeners, null).awaitShutdown();
    }
}
