package io.framequota.inference.intake.kafka;

import io.framequota.inference.intake.FrameReader;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Readers that reach the broker as every other client of this process does: by the {@code kafka.*} settings. */
@Singleton
public final class KafkaFrameReaderFactory implements Supplier<FrameReader> {
    private final Map<String, Object> connection;
    private final MeterRegistry meters;

    KafkaFrameReaderFactory(
            @Identifier("default-kafka-broker") Map<String, Object> settings,
            @ConfigProperty(name = "kafka.bootstrap.servers", defaultValue = "127.0.0.1:9092") String bootstrapServers,
            MeterRegistry meters) {
        connection = ConsumerSettings.of(settings, bootstrapServers);
        this.meters = meters;
    }

    @Override
    public FrameReader get() {
        return new KafkaFrameReader(connection, meters);
    }
}
