package io.framequota.local.kafka;

import java.util.Map;
import java.util.Properties;

/**
 * Credentials by which a local broker authenticates its clients, its controller and itself: SASL PLAIN with one user. The
 * password is new at each start and is not stored with the broker's data.
 *
 * @param password without quotes and backslashes
 */
public record BrokerLogin(String password) {
    /** Environment variable with the password for the broker's process. */
    public static final String VARIABLE = "FRAMEQUOTA_BROKER_PASSWORD";

    private static final String USER = "framequota";
    private static final String MECHANISM = "PLAIN";
    private static final String PROTOCOL = "SASL_PLAINTEXT";

    /** Environment variables for a client in another process. */
    public Map<String, String> environment() {
        return Map.of(
                "KAFKA_SECURITY_PROTOCOL",
                PROTOCOL,
                "KAFKA_SASL_MECHANISM",
                MECHANISM,
                "KAFKA_SASL_JAAS_CONFIG",
                module(""));
    }

    /** Settings for a client in this process. */
    Map<String, Object> settings() {
        return Map.of("security.protocol", PROTOCOL, "sasl.mechanism", MECHANISM, "sasl.jaas.config", module(""));
    }

    /** Configures a broker to require these credentials at its listeners. */
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

    /** Does not show the password. */
    @Override
    public String toString() {
        return "BrokerLogin of " + USER;
    }
}
