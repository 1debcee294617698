package io.framequota.ingest.job.kafka;

import io.framequota.contract.control.WorkerReport;
import io.framequota.contract.log.BrokerLines;
import io.framequota.contract.topic.RecordReader;
import io.framequota.contract.topic.Topics;
import io.framequota.ingest.job.WorkerBoard;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Blocking;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/** Reports from {@code fq.workers}. */
@Singleton
final class WorkerReports {
    private static final int FIRST = 1;

    private final WorkerBoard board;
    private final RecordReader<WorkerReport> reader;

    WorkerReports(WorkerBoard board, MeterRegistry metrics) {
        this.board = board;
        this.reader = new RecordReader<>(
                Topics.WORKERS,
                WorkerReport.parser(),
                topic -> metrics.counter("framequota.records.set.aside", "topic", topic)
                        .increment());
    }

    void quieten(@Observes @Priority(FIRST) StartupEvent started) {
        BrokerLines.thin();
    }

    @Incoming("workers")
    @Blocking
    void report(ConsumerRecord<String, byte[]> record) throws InterruptedException {
        reader.read(record.partition(), record.offset(), record.value(), board::reported);
    }
}
