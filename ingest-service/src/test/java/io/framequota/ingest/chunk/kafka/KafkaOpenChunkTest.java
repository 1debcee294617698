package io.framequota.ingest.chunk.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.ingest.chunk.ChunkWriter.ChunkLostException;
import io.framequota.ingest.chunk.ChunkWriter.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;

class KafkaOpenChunkTest {
    private final List<LongConsumer> acks = new ArrayList<>();
    private final List<Consumer<Throwable>> failures = new ArrayList<>();
    private final InFlightLimit inFlight = new InFlightLimit(10, 100);
    private int released;
    private boolean stop;
    private final KafkaOpenChunk chunk = new KafkaOpenChunk(
            (partition, headers, value, acknowledged, failed) -> {
                acks.add(acknowledged);
                failures.add(failed);
            },
            inFlight,
            7,
            () -> released++,
            () -> stop);

    private void write(int frames) throws Exception {
        for (int i = 0; i < frames; i++) {
            chunk.add(Map.of(), new byte[3]);
        }
    }

    @Test
    void contiguousOffsetsGiveItsPlace() throws Exception {
        write(3);
        chunk.end();
        acks.get(0).accept(40);
        acks.get(1).accept(41);
        assertThat(chunk.isSettled()).isFalse();
        acks.get(2).accept(42);

        assertThat(chunk.isSettled()).isTrue();
        assertThat(chunk.await()).isEqualTo(new Place(7, 40, 42));
        assertThat(released).isEqualTo(1);
        assertThat(inFlight.bytes()).isZero();
    }

    @Test
    void isLostWhenAnotherRecordIsBetweenItsRecords() throws Exception {
        write(2);
        chunk.end();
        acks.get(0).accept(40);
        acks.get(1).accept(42);

        assertThatThrownBy(chunk::await).isInstanceOf(ChunkLostException.class).hasMessageContaining("contiguous");
    }

    @Test
    void isLostWhenItsRecordsChangeOrder() throws Exception {
        write(2);
        chunk.end();
        acks.get(1).accept(40);
        acks.get(0).accept(41);

        assertThatThrownBy(chunk::await).isInstanceOf(ChunkLostException.class);
    }

    @Test
    void isLostWhenARecordIsRefused() throws Exception {
        write(1);
        chunk.end();
        failures.get(0).accept(new IllegalStateException("record too large"));

        assertThatThrownBy(chunk::await)
                .isInstanceOf(ChunkLostException.class)
                .hasMessageContaining("record too large");
        assertThat(inFlight.bytes()).isZero();
    }

    @Test
    void onlyRefusalsThatWouldRepeatArePermanent() throws Exception {
        assertThat(PermanentSendFailures.describe(new RecordTooLargeException("1000 bytes")))
                .hasValueSatisfying(line -> assertThat(line)
                        .contains("set max.message.bytes of topic fq.frames to 16777216 or more", "1000 bytes"));
        assertThat(PermanentSendFailures.describe(
                        new IllegalStateException(new TopicAuthorizationException(Set.of("fq.frames")))))
                .hasValueSatisfying(line -> assertThat(line).contains("does not let this service write", "allow it"));
        assertThat(PermanentSendFailures.describe(new OutOfOrderSequenceException("lost count")))
                .isEmpty();
        assertThat(PermanentSendFailures.describe(new TimeoutException("away"))).isEmpty();
    }

    @Test
    void keepsItsPartitionUntilTheLastRecordHasAnOutcome() throws Exception {
        write(2);
        chunk.end();
        acks.get(0).accept(40);
        assertThat(released).isZero();
        acks.get(1).accept(41);
        assertThat(released).isEqualTo(1);
    }

    @Test
    void stoppingTheJobEndsTheWaitForAcknowledgements() throws Exception {
        write(3);
        stop = true;
        assertThatThrownBy(() -> chunk.add(Map.of(), new byte[3])).isInstanceOf(InterruptedException.class);
    }

    @Test
    void sendsARecordLargerThanTheLimitAlone() throws Exception {
        assertThat(inFlight.acquire(1000, 1)).isTrue();
        assertThat(inFlight.acquire(1, 1)).isFalse();
        inFlight.release(1000);
        assertThat(inFlight.acquire(1, 1)).isTrue();
    }

    @Test
    void leasesAPartitionToOneChunkAtATime() throws Exception {
        PartitionLeases pool = new PartitionLeases(2);
        assertThat(pool.lease("a", 1)).isZero();
        assertThat(pool.lease("a", 1)).isEqualTo(1);
        assertThat(pool.lease("a", 1)).isEqualTo(-1);
        pool.release(0, "a");
        assertThat(pool.lease("b", 1)).isZero();
    }

    @Test
    void leasesTheJobsPreviousPartitionAgain() throws Exception {
        PartitionLeases pool = new PartitionLeases(3);
        assertThat(pool.lease("a", 1)).isZero();
        pool.release(0, "a");
        assertThat(pool.lease("a", 1)).isZero();
        pool.release(0, "a");
        assertThat(pool.lease("b", 1))
                .as("the partition that was free for the longest time")
                .isEqualTo(1);
    }
}
