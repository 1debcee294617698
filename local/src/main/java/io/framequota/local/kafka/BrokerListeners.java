package io.framequota.local.kafka;

import java.util.List;
import java.util.Properties;

/**
 * Where a broker listens, and by which address its clients find it.
 *
 * @param clients listener for clients
 * @param advertised what clients are told to connect to, HOST:PORT
 * @param own port on loopback for the broker's own client, 0 where {@code clients} is on loopback itself
 * @param controller port of the controller, on loopback
 */
record BrokerListeners(String clients, String advertised, int own, int controller) {
    /** Names of the listeners; {@code OWN} is there where {@link #own} is. */
    static final List<String> NAMES = List.of("CLIENTS", "CONTROLLER", "OWN");

    private static final String LOOPBACK = "127.0.0.1:";

    /** For clients on this machine. */
    static BrokerListeners onLoopback(int port, int controller) {
        return new BrokerListeners(LOOPBACK + port, LOOPBACK + port, 0, controller);
    }

    /** For clients on other machines. What they are told may lead here only once this broker counts as ready. */
    static BrokerListeners onAllAddresses(int port, String advertised, int own, int controller) {
        return new BrokerListeners("0.0.0.0:" + port, advertised, own, controller);
    }

    /** An address that leads here from the beginning. */
    String bootstrap() {
        return own == 0 ? clients : LOOPBACK + own;
    }

    void addTo(Properties p) {
        String more = own == 0 ? "" : ",OWN://" + LOOPBACK + own;
        p.put("controller.quorum.voters", "1@" + LOOPBACK + controller);
        p.put("controller.listener.names", "CONTROLLER");
        p.put("listener.security.protocol.map", "CLIENTS:PLAINTEXT,OWN:PLAINTEXT,CONTROLLER:PLAINTEXT");
        p.put("inter.broker.listener.name", own == 0 ? "CLIENTS" : "OWN");
        p.put("listeners", "CLIENTS://" + clients + ",CONTROLLER://" + LOOPBACK + controller + more);
        p.put("advertised.listeners", "CLIENTS://" + advertised + more);
    }
}
