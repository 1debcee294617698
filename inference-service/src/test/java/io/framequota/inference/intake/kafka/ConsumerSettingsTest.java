package io.framequota.inference.intake.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ConsumerSettingsTest {
    @Test
    void securityIsTheOneOfEveryOtherClient() {
        Map<String, Object> connection = ConsumerSettings.of(
                Map.of("security.protocol", "SASL_SSL", "sasl.mechanism", "PLAIN", "ssl.truststore.type", "PEM"),
                "broker:9093");

        assertThat(connection)
                .containsEntry("security.protocol", "SASL_SSL")
                .containsEntry("sasl.mechanism", "PLAIN")
                .containsEntry("ssl.truststore.type", "PEM")
                .containsEntry("bootstrap.servers", "broker:9093");
    }

    @Test
    void whatIsNoSettingOfAConsumerIsLeftOut() {
        Map<String, Object> connection = ConsumerSettings.of(Map.of("health.enabled", "true"), "broker:9092");

        assertThat(connection).containsOnlyKeys("bootstrap.servers");
    }
}
