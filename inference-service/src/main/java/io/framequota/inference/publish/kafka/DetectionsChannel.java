package io.framequota.inference.publish.kafka;

import io.framequota.contract.control.ChunkResult;
import io.framequota.inference.publish.ResultPublisher;
import io.smallrye.reactive.messaging.kafka.Record;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Emitter;

/** Writes results to their topic, keyed by job. */
@ApplicationScoped
public class DetectionsChannel implements ResultPublisher {
    private final Emitter<Record<String, byte[]>> emitter;

    DetectionsChannel(@Channel("detections") Emitter<Record<String, byte[]>> emitter) {
        this.emitter = emitter;
    }

    @Override
    public CompletionStage<Void> publish(ChunkResult result) {
        try {
            return emitter.send(Record.of(result.getGrant().getJob(), result.toByteArray()));
        } catch (IllegalStateException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
