package io.framequota.scheduler.controller.observe.kafka;

import io.framequota.common.log.KafkaLogFilter;
import io.framequota.common.log.ServiceLog;
import io.framequota.contract.control.JobFact;
import io.framequota.contract.control.WorkerReport;
import io.framequota.contract.topic.RecordReader;
import io.framequota.contract.topic.Topics;
import io.framequota.scheduler.controller.Scheduler;
import io.framequota.scheduler.controller.observe.FactSource;
import io.framequota.scheduler.controller.observe.ReportedComputeTime;
import io.framequota.scheduler.controller.observe.ReportedCpuUse;
import io.framequota.scheduler.controller.proto.ProtoMapper;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.reactive.messaging.kafka.KafkaClientService;
import io.smallrye.reactive.messaging.kafka.KafkaConsumer;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;

/** Reads fq.jobs and fq.workers from their end, and passes the events to the scheduler. */
@ApplicationScoped
public class ControlTopicReader implements FactSource {
    private static final Logger LOG = Logger.getLogger(ControlTopicReader.class);
    private static final String CHANNEL = "observed";
    private static final int FIRST = 1;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final KafkaClientService clients;
    private final Scheduler scheduler;
    private final ReportedCpuUse use;
    private final ReportedComputeTime times;
    private final RecordReader<JobFact> facts;
    private final RecordReader<WorkerReport> reports;

    @Inject
    ControlTopicReader(
            KafkaClientService clients,
            Scheduler scheduler,
            ReportedCpuUse use,
            ReportedComputeTime times,
            MeterRegistry metrics) {
        this.times = times;
        this.clients = clients;
        this.scheduler = scheduler;
        this.use = use;
        Consumer<String> counted = topic -> Counter.builder("framequota.records.set.aside")
                .description("Records that could not be read and were left out, by topic")
                .tag("topic", topic)
                .register(metrics)
                .increment();
        this.facts = new RecordReader<>(Topics.JOBS, JobFact.parser(), counted);
        this.reports = new RecordReader<>(Topics.WORKERS, WorkerReport.parser(), counted);
    }

    void quieten(@Observes @Priority(FIRST) StartupEvent started) {
        ServiceLog.install(System.getenv());
        KafkaLogFilter.install();
    }

    @Incoming(CHANNEL)
    void consume(ConsumerRecord<String, byte[]> record) throws InterruptedException {
        if (record.topic().equals(Topics.JOBS)) {
            facts.read(
                    record.partition(),
                    record.offset(),
                    record.value(),
                    fact -> EventMapper.job(fact).ifPresent(scheduler::observe));
        } else {
            reports.read(record.partition(), record.offset(), record.value(), report -> {
                recordUse(report);
                EventMapper.worker(report, record.timestamp()).ifPresent(scheduler::observe);
            });
        }
    }

    /** The CPU use is shown to people; the limit lets the enforcer check its writes. */
    private void recordUse(WorkerReport report) {
        String process = report.getWorker() + "/" + report.getInstance();
        report.getComputeUseList().forEach(u -> times.report(process, u.getJob(), ProtoMapper.use(u)));
        if (report.hasCompute()) {
            use.report(
                    report.getWorker(), ProtoMapper.use(report.getCompute()), ProtoMapper.quota(report.getCompute()));
        } else if (report.getKind() == WorkerReport.Kind.HEARTBEAT || report.getKind() == WorkerReport.Kind.LEAVING) {
            use.forget(report.getWorker());
        }
    }

    @Override
    public boolean isPositioned() {
        try {
            KafkaConsumer<String, byte[]> consumer = clients.getConsumer(CHANNEL);
            if (consumer == null
                    || consumer.getAssignments().await().atMost(PATIENCE).size() < 2) {
                return false;
            }
            // Seeking to the end is lazy; reading the position forces it.
            return consumer.getPositions().await().atMost(PATIENCE).size() == 2;
        } catch (RuntimeException e) {
            LOG.infof("waiting for Kafka: %s", e.getMessage());
            return false;
        }
    }
}
