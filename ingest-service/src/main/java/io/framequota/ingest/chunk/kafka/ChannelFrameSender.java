package io.framequota.ingest.chunk.kafka;

import io.smallrye.reactive.messaging.OutgoingMessageMetadata;
import io.smallrye.reactive.messaging.kafka.api.OutgoingKafkaRecordMetadata;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Emitter;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.eclipse.microprofile.reactive.messaging.Metadata;
import org.eclipse.microprofile.reactive.messaging.OnOverflow;

/** Sends frames through the channel {@code frames}. Its buffer is bounded by {@link InFlightLimit}. */
@ApplicationScoped
class ChannelFrameSender implements FrameSender {
    private final Emitter<byte[]> frames;

    @Inject
    ChannelFrameSender(@Channel("frames") @OnOverflow(OnOverflow.Strategy.UNBOUNDED_BUFFER) Emitter<byte[]> frames) {
        this.frames = frames;
    }

    @Override
    public void send(
            int partition,
            Map<String, byte[]> headers,
            byte[] value,
            LongConsumer acknowledged,
            Consumer<Throwable> failed) {
        RecordHeaders kafkaHeaders = new RecordHeaders();
        headers.forEach(kafkaHeaders::add);
        OutgoingMessageMetadata<RecordMetadata> result = new OutgoingMessageMetadata<>();
        frames.send(Message.of(
                value,
                Metadata.of(
                        OutgoingKafkaRecordMetadata.builder()
                                .withPartition(partition)
                                .withHeaders(kafkaHeaders)
                                .build(),
                        result),
                () -> {
                    acknowledged.accept(result.getResult().offset());
                    return CompletableFuture.completedStage(null);
                },
                failure -> {
                    failed.accept(failure);
                    return CompletableFuture.completedStage(null);
                }));
    }
}
