package io.framequota.common.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KafkaLogFilterTest {
    private static final String PREFIX = "[Consumer clientId=kafka-consumer-grants, groupId=worker] ";
    private static final String REFUSED = PREFIX
            + "Connection to node 1 (localhost/127.0.0.1:9092) could not be established. Node may not be available.";
    private static final String BOOTSTRAP_REFUSED = REFUSED.replace("node 1", "node -1");
    private static final String BOOTSTRAP =
            PREFIX + "Bootstrap broker 127.0.0.1:9092 (id: -1 rack: null isFenced: false) disconnected";
    private static final String UNKNOWN_HOST =
            PREFIX + "Error connecting to node kafka-2:9092 (id: 2 rack: null isFenced: false)";
    private static final String ANSWERED = PREFIX + "Node 1 has finalized features epoch: 9, finalized features: []";

    private final Logger client = Logger.getLogger("broker-lines-test");
    private final Logger own = Logger.getLogger(KafkaLogFilter.class.getName());
    private final List<String> lines = new ArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord record) {
            lines.add(record.getLevel() + " " + record.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };
    private long nanos = 5;

    @BeforeEach
    void listen() {
        client.setUseParentHandlers(false);
        own.setUseParentHandlers(false);
        client.addHandler(handler);
        own.addHandler(handler);
        client.setFilter(new KafkaLogFilter(client, () -> nanos));
    }

    @AfterEach
    void leave() {
        client.removeHandler(handler);
        own.removeHandler(handler);
        own.setUseParentHandlers(true);
        client.setFilter(null);
        client.setLevel(null);
    }

    private void passes(Duration time) {
        nanos += time.toNanos();
    }

    @Test
    void logsOneLineWhenABrokerGoesAwayAndOneWhenItIsBack() {
        for (int i = 0; i < 100; i++) {
            client.warning(REFUSED);
            client.warning(BOOTSTRAP_REFUSED);
            client.warning(BOOTSTRAP);
            client.fine(PREFIX + "Give up sending metadata request since no node is available");
            client.info(PREFIX + "Node 1 disconnected.");
            passes(Duration.ofMillis(100));
        }
        client.fine(ANSWERED);
        client.fine(PREFIX + "Sending FETCH request");

        assertThat(lines).hasSize(2);
        assertThat(lines.getFirst()).isEqualTo("WARNING " + REFUSED);
        assertThat(lines.getLast()).startsWith("INFO Kafka answers again");
    }

    @Test
    void logsOneLinePerMinuteWhileABrokerIsAway() {
        for (int i = 0; i < 300; i++) {
            client.warning(REFUSED);
            passes(Duration.ofSeconds(1));
        }

        assertThat(lines).hasSize(5).containsOnly("WARNING " + REFUSED);
    }

    @Test
    void flappingBrokerDoesNotFillTheLog() {
        for (int i = 0; i < 60; i++) {
            client.warning(REFUSED);
            passes(Duration.ofMillis(900));
            client.fine(ANSWERED);
        }

        assertThat(lines).filteredOn(l -> l.startsWith("WARNING")).hasSize(1);
        assertThat(lines).filteredOn(l -> l.startsWith("INFO")).hasSize(1);
    }

    @Test
    void nodeIsBackOnlyWhenItAnswersItself() {
        client.log(Level.WARNING, UNKNOWN_HOST);
        client.fine(ANSWERED);
        assertThat(lines).hasSize(1);

        client.fine(ANSWERED.replace("Node 1", "Node 2"));
        assertThat(lines).hasSize(2);
    }

    @Test
    void removedNodeIsForgotten() {
        client.warning(UNKNOWN_HOST);
        passes(Duration.ofSeconds(61));
        client.fine(PREFIX + "Sending FETCH request");

        assertThat(lines).hasSize(2);
        assertThat(client.isLoggable(Level.FINE)).isFalse();
    }

    @Test
    void connectionWithoutAnAnswerDoesNotCount() {
        client.severe(PREFIX + "Connection to node 1 (kafka/10.0.0.1:9092) failed authentication due to: no such user");
        client.fine(PREFIX + "Completed connection to node 1. Fetching API versions.");

        assertThat(lines).hasSize(1);
    }

    @Test
    void otherLinesPass() {
        client.warning(PREFIX + "The metadata response reported a recoverable issue");
        client.warning(REFUSED);
        client.severe(PREFIX + "Unexpected error during I/O");

        assertThat(lines).hasSize(3);
    }
}
