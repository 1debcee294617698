package io.framequota.local.kafka;

import java.io.IOException;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The broker as a process of its own. */
public final class BrokerMain {
    /** Arguments: data folder, port, controller port. The password of its clients is in the environment. Ends with SIGTERM. */
    public static void main(String[] arguments) throws IOException {
        // A broker tells a thousand things at its start; formatting them would be a fifth of it.
        Logger.getLogger("").setLevel(Level.WARNING);
        String password = System.getenv(BrokerLogin.VARIABLE);
        if (password == null) {
            System.err.println("broker: " + BrokerLogin.VARIABLE + " is missing");
            System.exit(2);
            return;
        }
        LocalBroker broker = LocalBroker.start(
                Path.of(arguments[0]),
                Integer.parseInt(arguments[1]),
                Integer.parseInt(arguments[2]),
                new BrokerLogin(password));
        Runtime.getRuntime().addShutdownHook(new Thread(broker::close));
        broker.awaitShutdown();
    }

    private BrokerMain() {}
}
