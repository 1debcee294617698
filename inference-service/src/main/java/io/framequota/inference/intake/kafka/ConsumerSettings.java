package io.framequota.inference.intake.kafka;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;

/** How a plain consumer connects. */
final class ConsumerSettings {
    private ConsumerSettings() {}

    /** What of the {@code kafka.*} settings a consumer knows, security above all, and where the broker is. */
    static Map<String, Object> of(Map<String, Object> settings, String bootstrapServers) {
        Map<String, Object> known = new HashMap<>(settings);
        known.keySet().retainAll(ConsumerConfig.configNames());
        known.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        return Map.copyOf(known);
    }
}
