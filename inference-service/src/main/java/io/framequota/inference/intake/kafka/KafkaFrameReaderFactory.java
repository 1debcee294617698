package io.framequota.inference.intake.kafka;

import io.framequota.inference.intake.FrameReader;
import io.framequota.inference.intake.LivePackets;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Creates readers that connect to the broker by the {@code kafka.*} settings, like every other client of this process. */
@Singleton
public final class KafkaFrameReaderFactory {
    private final Map<String, Object> connection;
    private final MeterRegistry meters;

    KafkaFrameReaderFactory(
            @Identifier("default-kafka-broker") Map<String, Object> settings,
            @ConfigProperty(name = "kafka.bootstrap.servers", defaultValue = "127.0.0.1:9092") String bootstrapServers,
            MeterRegistry meters) {
        connection = consumerSettings(settings, bootstrapServers);
        this.meters = meters;
    }

    /** A reader for a worker. */
    public FrameReader readerOf(String worker) {
        return new KafkaFrameReader(worker, connection, meters);
    }

    /** A reader of streams' packets for a worker. */
    public LivePackets livePacketsOf(String worker) {
        return new KafkaLivePackets(worker, connection, meters, InstantSource.system());
    }

    /** The {@code kafka.*} settings that a consumer knows, above all those of security, with the broker's address. */
    static Map<String, Object> consumerSettings(Map<String, Object> settings, String bootstrapServers) {
        Map<String, Object> known = new HashMap<>(settings);
        known.keySet().retainAll(ConsumerConfig.configNames());
        known.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        return Map.copyOf(known);
    }
}
