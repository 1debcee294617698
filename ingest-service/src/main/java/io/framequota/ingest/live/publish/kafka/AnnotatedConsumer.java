package io.framequota.ingest.live.publish.kafka;

import io.framequota.contract.control.LiveAnnotated;
import io.framequota.contract.topic.RecordReader;
import io.framequota.contract.topic.Topics;
import io.framequota.ingest.live.publish.LiveOutputs;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/** Reads annotated packets from {@code fq.live.annotated}, those that are written after its start. */
@Singleton
final class AnnotatedConsumer {
    private final LiveOutputs outputs;
    private final RecordReader<LiveAnnotated> reader;

    AnnotatedConsumer(LiveOutputs outputs, MeterRegistry metrics) {
        this.outputs = outputs;
        this.reader = new RecordReader<>(
                Topics.LIVE_ANNOTATED,
                LiveAnnotated.parser(),
                topic -> Counter.builder("framequota.records.set.aside")
                        .description("Records that could not be read and were left out, by topic")
                        .tag("topic", topic)
                        .register(metrics)
                        .increment());
    }

    @Incoming("live-annotated")
    void packet(ConsumerRecord<String, byte[]> record) throws InterruptedException {
        reader.read(record.partition(), record.offset(), record.value(), outputs::accept);
    }
}
