package io.framequota.local.kafka;

import java.util.List;
import java.util.Properties;

/**
 * The addresses on which a broker listens.
 *
 * @param clients address for clients
 * @param advertised address that clients are told to use, {@code HOST:PORT}
 * @param own loopback port for the broker's own client, 0 if {@code clients} is on loopback
 * @param controller loopback port of the controller
 */
record BrokerListeners(String clients, String advertised, int own, int controller) {
    /** Names of the listeners; {@code OWN} exists only if {@link #own} is not 0. */
    static final List<String> NAMES = List.of("CLIENTS", "CONTROLLER", "OWN");

    private static final String LOOPBACK = "127.0.0.1:";

    /** For clients on this machine. */
    static BrokerListeners onLoopback(int port, int controller) {
        return new BrokerListeners(LOOPBACK + port, LOOPBACK + port, 0, controller);
    }

    /** For clients on other machines. The advertised address may not work before this broker is ready. */
    static BrokerListeners onAllAddresses(int port, String advertised, int own, int controller) {
        return new BrokerListeners("0.0.0.0:" + port, advertised, own, controller);
    }

    /** An address that works from the beginning. */
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
