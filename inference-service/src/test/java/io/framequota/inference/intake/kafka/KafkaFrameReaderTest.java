package io.framequota.inference.intake.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KafkaFrameReaderTest {
    @Test
    void clientMetricsExistUntilTheReaderIsClosed() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();

        KafkaFrameReader reader = new KafkaFrameReader("worker-0", Map.of("bootstrap.servers", "127.0.0.1:1"), meters);
        List<String> open = names(meters);
        reader.close();

        assertThat(open).contains("kafka.consumer.fetch.manager.fetch.size.max", "kafka.consumer.io.ratio");
        assertThat(names(meters)).isEmpty();
    }

    private static List<String> names(SimpleMeterRegistry meters) {
        return meters.getMeters().stream()
                .map(Meter::getId)
                .filter(id -> "framequota-intake-worker-0".equals(id.getTag("client.id")))
                .map(Meter.Id::getName)
                .toList();
    }
}
