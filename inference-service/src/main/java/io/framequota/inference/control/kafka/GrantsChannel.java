package io.framequota.inference.control.kafka;

import com.google.protobuf.InvalidProtocolBufferException;
import io.framequota.contract.control.Command;
import io.framequota.contract.log.BrokerLines;
import io.framequota.inference.control.WorkerLoop;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.reactive.messaging.kafka.KafkaClientService;
import io.smallrye.reactive.messaging.kafka.KafkaConsumer;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/** Commands from their topic. Every worker reads all of them, from where the topic ends when it starts. */
@ApplicationScoped
public class GrantsChannel {
    private static final System.Logger LOG = System.getLogger(GrantsChannel.class.getName());
    private static final Duration ASK_AGAIN = Duration.ofMillis(50);
    private static final int FIRST = 1;
    private static final int LAST = Integer.MAX_VALUE;

    private final WorkerLoop loop;
    private final KafkaClientService clients;

    GrantsChannel(WorkerLoop loop, KafkaClientService clients) {
        this.loop = loop;
        this.clients = clients;
    }

    void quieten(@Observes @Priority(FIRST) StartupEvent started) {
        BrokerLines.thin();
    }

    /** Tells the loop once the topic's end is known: what is sent from then on arrives. */
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
                        _ -> loop.listening(),
                        failure -> LOG.log(System.Logger.Level.ERROR, "commands cannot be read", failure));
    }

    @Incoming("grants")
    void command(byte[] message) {
        try {
            loop.command(Command.parseFrom(message));
        } catch (InvalidProtocolBufferException e) {
            LOG.log(System.Logger.Level.WARNING, "a record on the grants topic is no command: {0}", e.getMessage());
        }
    }
}
