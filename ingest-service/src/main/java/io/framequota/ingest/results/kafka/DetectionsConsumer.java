package io.framequota.ingest.results.kafka;

import io.framequota.contract.control.ChunkResult;
import io.framequota.contract.topic.RecordReader;
import io.framequota.contract.topic.Topics;
import io.framequota.ingest.results.ResultCommitter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.common.annotation.Blocking;
import jakarta.inject.Singleton;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/** Commits results from {@code fq.detections} one at a time and in order; their offset is committed afterwards. */
@Singleton
final class DetectionsConsumer {
    private final ResultCommitter committer;
    private final RecordReader<ChunkResult> reader;

    DetectionsConsumer(ResultCommitter committer, MeterRegistry metrics) {
        this.committer = committer;
        this.reader = new RecordReader<>(
                Topics.DETECTIONS,
                ChunkResult.parser(),
                topic -> Counter.builder("framequota.records.set.aside")
                        .description("Records that could not be read and were left out, by topic")
                        .tag("topic", topic)
                        .register(metrics)
                        .increment());
    }

    @Incoming("detections")
    @Blocking
    void result(ConsumerRecord<String, byte[]> record) throws InterruptedException {
        reader.read(record.partition(), record.offset(), record.value(), committer::commit);
    }
}
