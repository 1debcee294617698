package io.framequota.inference.intake.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class KafkaFrameReaderFactoryTest {
    @Test
    void consumerHasTheSecuritySettingsOfEveryOtherClient() {
        Map<String, Object> connection = KafkaFrameReaderFactory.consumerSettings(
                Map.of("security.protocol", "SASL_SSL", "sasl.mechanism", "PLAIN", "ssl.truststore.type", "PEM"),
                "broker:9093");

        assertThat(connection)
                .containsEntry("security.protocol", "SASL_SSL")
                .containsEntry("sasl.mechanism", "PLAIN")
                .containsEntry("ssl.truststore.type", "PEM")
                .containsEntry("bootstrap.servers", "broker:9093");
    }

    @Test
    void settingsThatAConsumerDoesNotKnowAreDropped() {
        Map<String, Object> connection =
                KafkaFrameReaderFactory.consumerSettings(Map.of("health.enabled", "true"), "broker:9092");

        assertThat(connection).containsOnlyKeys("bootstrap.servers");
    }
}
