package io.framequota.ingest.job.ledger.kafka;

import io.framequota.contract.control.JobFact;
import io.framequota.ingest.job.ledger.JobEventSender;
import io.smallrye.reactive.messaging.MutinyEmitter;
import io.smallrye.reactive.messaging.kafka.Record;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import org.eclipse.microprofile.reactive.messaging.Channel;

/** Facts to {@code fq.jobs}. Made at the first call, not at injection: gRPC is set up before there are channels. */
@ApplicationScoped
class KafkaJobEventSender implements JobEventSender {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final MutinyEmitter<Record<String, byte[]>> emitter;

    KafkaJobEventSender(@Channel("facts") MutinyEmitter<Record<String, byte[]>> emitter) {
        this.emitter = emitter;
    }

    @Override
    public void send(JobFact fact) {
        try {
            emitter.send(Record.of(fact.getJob(), fact.toByteArray())).await().atMost(PATIENCE);
        } catch (RuntimeException e) {
            throw new IllegalStateException("the broker did not take a fact: " + e.getMessage(), e);
        }
    }
}
