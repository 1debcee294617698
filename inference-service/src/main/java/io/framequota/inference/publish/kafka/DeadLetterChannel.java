package io.framequota.inference.publish.kafka;

import io.framequota.inference.intake.Frame;
import io.framequota.inference.publish.DeadLetters;
import io.smallrye.reactive.messaging.MutinyEmitter;
import io.smallrye.reactive.messaging.kafka.api.OutgoingKafkaRecordMetadata;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Message;

/** Writes dead letters to their topic, with the frame's own headers and {@code ce_cause}. */
@ApplicationScoped
public class DeadLetterChannel implements DeadLetters {
    private static final String CAUSE = "ce_cause";

    private final MutinyEmitter<byte[]> emitter;

    DeadLetterChannel(@Channel("dead-letters") MutinyEmitter<byte[]> emitter) {
        this.emitter = emitter;
    }

    /** Fails when more dead letters wait than the channel accepts; the frame's result line has the cause all the same. */
    @Override
    public synchronized CompletionStage<Void> put(Frame frame, String cause) {
        Headers headers = new RecordHeaders();
        frame.meta().toHeaders().forEach(headers::add);
        headers.add(CAUSE, cause.getBytes(StandardCharsets.UTF_8));
        return emitter.sendMessage(Message.of(frame.pixels())
                        .addMetadata(OutgoingKafkaRecordMetadata.<String>builder()
                                .withKey(frame.meta().job())
                                .withHeaders(headers)
                                .build()))
                .subscribeAsCompletionStage();
    }
}
