package io.framequota.ingest.job.ledger.kafka;

import io.framequota.contract.control.JobFact;
import io.framequota.ingest.job.ledger.JobEventSender;
import io.smallrye.reactive.messaging.MutinyEmitter;
import io.smallrye.reactive.messaging.kafka.Record;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import org.eclipse.microprofile.reactive.messaging.Channel;

/**
 * Sends job events to {@code fq.jobs}. The bean is created at the first call rather than at injection, because gRPC starts before
 * the messaging channels exist.
 */
@ApplicationScoped
class KafkaJobEventSender implements JobEventSender {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final MutinyEmitter<Record<String, byte[]>> emitter;

    KafkaJobEventSender(@Channel("facts") MutinyEmitter<Record<String, byte[]>> emitter) {
        this.emitter = emitter;
    }

    @Override
    public void send(JobFact event) {
        try {
            emitter.send(Record.of(event.getJob(), event.toByteArray())).await().atMost(TIMEOUT);
        } catch (RuntimeException e) {
            throw new IllegalStateException(
                    "the broker did not store an event of job " + event.getJob() + ": " + e.getMessage(), e);
        }
    }
}
