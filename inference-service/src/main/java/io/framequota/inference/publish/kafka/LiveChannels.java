package io.framequota.inference.publish.kafka;

import io.framequota.contract.control.LiveAnnotated;
import io.framequota.contract.control.LiveResult;
import io.framequota.inference.publish.StreamPublisher;
import io.smallrye.reactive.messaging.kafka.Record;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Emitter;
import org.eclipse.microprofile.reactive.messaging.OnOverflow;

/** Writes results and annotated packets of streams to their topics, keyed by job. */
@ApplicationScoped
public class LiveChannels implements StreamPublisher {
    /** What waits while the broker is away: results of a minute of twenty streams. */
    private static final long RESULTS = 4096;

    /** Packets of some seconds of a few streams; later ones are of no use. */
    private static final long PACKETS = 256;

    private final Emitter<Record<String, byte[]>> results;
    private final Emitter<Record<String, byte[]>> annotated;

    LiveChannels(
            @Channel("live-results") @OnOverflow(value = OnOverflow.Strategy.BUFFER, bufferSize = RESULTS)
                    Emitter<Record<String, byte[]>> results,
            @Channel("live-annotated") @OnOverflow(value = OnOverflow.Strategy.BUFFER, bufferSize = PACKETS)
                    Emitter<Record<String, byte[]>> annotated) {
        this.results = results;
        this.annotated = annotated;
    }

    @Override
    public CompletionStage<Void> publish(LiveResult result) {
        return send(results, result.getJob(), result.toByteArray());
    }

    @Override
    public CompletionStage<Void> publish(LiveAnnotated packet) {
        return send(annotated, packet.getJob(), packet.toByteArray());
    }

    private static CompletionStage<Void> send(Emitter<Record<String, byte[]>> to, String job, byte[] message) {
        try {
            // An emitter is for one thread at a time.
            synchronized (to) {
                return to.send(Record.of(job, message));
            }
        } catch (IllegalStateException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
