package io.framequota.scheduler.controller.kafka;

import com.google.protobuf.InvalidProtocolBufferException;
import io.framequota.contract.topic.Topics;
import io.framequota.scheduler.controller.FactSource;
import io.framequota.scheduler.controller.Scheduler;
import io.framequota.scheduler.dispatch.Event;
import io.smallrye.reactive.messaging.kafka.KafkaClientService;
import io.smallrye.reactive.messaging.kafka.KafkaConsumer;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;

/** Reads fq.jobs and fq.workers from their end. */
@ApplicationScoped
public class KafkaFacts implements FactSource {
    private static final Logger LOG = Logger.getLogger(KafkaFacts.class);
    private static final String CHANNEL = "observed";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final KafkaClientService clients;
    private final Scheduler scheduler;

    @Inject
    KafkaFacts(KafkaClientService clients, Scheduler scheduler) {
        this.clients = clients;
        this.scheduler = scheduler;
    }

    @Incoming(CHANNEL)
    void consume(ConsumerRecord<String, byte[]> record) {
        try {
            Optional<Event> event = record.topic().equals(Topics.JOBS)
                    ? Events.job(record.value())
                    : Events.worker(record.value(), record.timestamp());
            event.ifPresent(scheduler::observe);
        } catch (InvalidProtocolBufferException e) {
            LOG.warnf(
                    "a record of %s at offset %d is not readable: %s", record.topic(), record.offset(), e.getMessage());
        }
    }

    @Override
    public boolean positioned() {
        try {
            KafkaConsumer<String, byte[]> consumer = clients.getConsumer(CHANNEL);
            if (consumer == null
                    || consumer.getAssignments().await().atMost(PATIENCE).size() < 2) {
                return false;
            }
            // Seeking to the end is lazy; asking for the position makes it happen.
            return consumer.getPositions().await().atMost(PATIENCE).size() == 2;
        } catch (RuntimeException e) {
            LOG.infof("waiting for Kafka: %s", e.getMessage());
            return false;
        }
    }
}
