package io.framequota.ingest.job.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.contract.control.Chunk;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OpenChunkOffsetsTest {
    private final OpenChunkOffsets needed = new OpenChunkOffsets();

    @Test
    void theLowestOpenChunkKeepsEverythingAboveIt() {
        Chunk first = chunk("a", 0, 0, 9);
        Chunk second = chunk("b", 0, 10, 19);
        needed.opened(first);
        needed.opened(second);
        needed.opened(chunk("a", 5, 100, 119));

        needed.closed(second);
        assertThat(needed.lowest()).isEqualTo(Map.of(0, 0L, 5, 100L));
        needed.closed(first);
        assertThat(needed.lowest()).isEqualTo(Map.of(0, 20L, 5, 100L));
    }

    @Test
    void aJobThatHasEndedNeedsNothing() {
        needed.opened(chunk("a", 0, 0, 9));
        needed.opened(chunk("b", 0, 10, 19));

        needed.dropped("a");

        assertThat(needed.lowest()).isEqualTo(Map.of(0, 10L));
    }

    private static Chunk chunk(String job, int partition, long first, long last) {
        return Chunk.newBuilder()
                .setJob(job)
                .setPartition(partition)
                .setFirstOffset(first)
                .setLastOffset(last)
                .build();
    }
}
