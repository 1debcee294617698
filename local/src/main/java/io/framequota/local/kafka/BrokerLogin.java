package io.framequota.local.kafka;

import java.util.Map;
import java.util.Properties;

/**
 * How a broker on this machine knows its clients, its controller and itself: SASL PLAIN, one user. The password is of one
 * start, so nothing of it lies in the broker's data.
 *
 * @param password without quotes and backslashes
 */
public record BrokerLogin(String password) {
    /** Environment variable that gives the broker's process the password. */
    public static final String VARIABLE = "FRAMEQUOTA_BROKER_PASSWORD";

    private static final String USER = "framequota";
    private static final String MECHANISM = "PLAIN";
    private static final String PROTOCOL = "SASL_PLAINTEXT";

    /** Environment of every client that is a process of its own. */
    public Map<String, String> environment() {
        return Map.of(
                "KAFKA_SECURITY_PROTOCOL",
                PROTOCOL,
                "KAFKA_SASL_MECHANISM",
                MECHANISM,
                "KAFKA_SASL_JAAS_CONFIG",
                module(""));
    }

    /** Settings of a client in this process. */
    Map<String, Object> settings() {
        return Map.of("security.protocol", PROTOCOL, "sasl.mechanism", MECHANISM, "sasl.jaas.config", module(""));
    }

    /** Lets nobody else in at these listeners. */
    void addTo(Properties broker, Iterable<String> listeners) {
        broker.put("sasl.enabled.mechanisms", MECHANISM);
        broker.put("sasl.mechanism.inter.broker.protocol", MECHANISM);
        broker.put("sasl.mechanism.controller.protocol", MECHANISM);
        StringBuilder protocols = new StringBuilder();
        for (String listener : listeners) {
            protocols
                    .append(protocols.isEmpty() ? "" : ",")
                    .append(listener)
                    .append(':')
                    .append(PROTOCOL);
            broker.put(
                    "listener.name." + listener.toLowerCase(java.util.Locale.ROOT) + ".plain.sasl.jaas.config",
                    module(" user_" + USER + "=\"" + password + "\""));
        }
        broker.put("listener.security.protocol.map", protocols.toString());
    }

    private String module(String more) {
        return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"" + USER + "\" password=\""
                + password + "\"" + more + ";";
    }

    /** A password is nobody's business. */
    @Override
    public String toString() {
        return "BrokerLogin of " + USER;
    }
}
