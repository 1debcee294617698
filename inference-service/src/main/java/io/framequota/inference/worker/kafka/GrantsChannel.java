package io.framequota.inference.worker.kafka;

import io.framequota.common.log.KafkaLogFilter;
import io.framequota.common.log.ServiceLog;
import io.framequota.contract.control.Command;
import io.framequota.contract.topic.RecordReader;
import io.framequota.contract.topic.Topics;
import io.framequota.inference.worker.WorkerLoops;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.reactive.messaging.kafka.KafkaClientService;
import io.smallrye.reactive.messaging.kafka.KafkaConsumer;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/** Reads commands from their topic for all workers of this process: all commands that are written after its start. */
@ApplicationScoped
public class GrantsChannel {
    private static final System.Logger LOG = System.getLogger(GrantsChannel.class.getName());
    private static final Duration ASK_AGAIN = Duration.ofMillis(50);
    private static final int FIRST = 1;
    private static final int LAST = Integer.MAX_VALUE;

    private final WorkerLoops loops;
    private final KafkaClientService clients;
    private final RecordReader<Command> reader;

    GrantsChannel(WorkerLoops loops, KafkaClientService clients, MeterRegistry metrics) {
        this.loops = loops;
        this.clients = clients;
        this.reader = new RecordReader<>(
                Topics.GRANTS,
                Command.parser(),
                topic -> Counter.builder("framequota.records.set.aside")
                        .description("Records that could not be read and were left out, by topic")
                        .tag("topic", topic)
                        .register(metrics)
                        .increment());
    }

    void filterKafkaLog(@Observes @Priority(FIRST) StartupEvent started) {
        ServiceLog.install(System.getenv());
        KafkaLogFilter.install();
    }

    /** Tells the loop when the consumer's position is known: from then on no command is missed. */
    void awaitAssignment(@Observes @Priority(LAST) StartupEvent started) {
        KafkaConsumer<Object, Object> consumer = clients.getConsumer("grants");
        consumer.getPositions()
                .map(positions -> !positions.isEmpty())
                .onFailure()
                .recoverWithItem(false)
                .repeat()
                .withDelay(ASK_AGAIN)
                .whilst(assigned -> !assigned)
                .collect()
                .last()
                .subscribe()
                .with(
                        _ -> loops.listening(),
                        failure -> LOG.log(
                                System.Logger.Level.ERROR,
                                "the commands topic cannot be read; the workers get no grants",
                                failure));
    }

    @Incoming("grants")
    void command(ConsumerRecord<String, byte[]> record) throws InterruptedException {
        reader.read(record.partition(), record.offset(), record.value(), loops::command);
    }
}
