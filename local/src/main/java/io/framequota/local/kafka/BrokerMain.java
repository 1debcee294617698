package io.framequota.local.kafka;

import io.framequota.common.log.LogLines;
import java.io.IOException;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Runs a broker for clients on this machine. */
public final class BrokerMain {
    /** Arguments: data folder, port, controller port. {@link BrokerLogin#VARIABLE} has the password. SIGTERM ends the broker. */
    public static void main(String[] arguments) throws IOException {
        // Formatting the thousand INFO lines of a start would take a fifth of its time.
        Logger.getLogger("").setLevel(Level.WARNING);
        LogLines.install();
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
