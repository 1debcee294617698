package io.framequota.ingest.report.kafka;

import io.framequota.common.log.KafkaLogFilter;
import io.framequota.common.log.ServiceLog;
import io.framequota.contract.control.WorkerReport;
import io.framequota.contract.topic.RecordReader;
import io.framequota.contract.topic.Topics;
import io.framequota.ingest.report.ReportedWorkers;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Blocking;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/** Consumes worker reports from {@code fq.workers}. */
@Singleton
final class WorkerReportConsumer {
    private static final int FIRST = 1;

    private final ReportedWorkers workers;
    private final RecordReader<WorkerReport> reader;

    WorkerReportConsumer(ReportedWorkers workers, MeterRegistry metrics) {
        this.workers = workers;
        this.reader = new RecordReader<>(
                Topics.WORKERS,
                WorkerReport.parser(),
                topic -> Counter.builder("framequota.records.set.aside")
                        .description("Records that could not be read and were left out, by topic")
                        .tag("topic", topic)
                        .register(metrics)
                        .increment());
    }

    void quieten(@Observes @Priority(FIRST) StartupEvent started) {
        ServiceLog.install(System.getenv());
        KafkaLogFilter.install();
    }

    @Incoming("workers")
    @Blocking
    void report(ConsumerRecord<String, byte[]> record) throws InterruptedException {
        reader.read(record.partition(), record.offset(), record.value(), workers::accept);
    }
}
