package io.framequota.ingest.job.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.contract.control.Chunk;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OpenChunkOffsetsTest {
    private final OpenChunkOffsets open = new OpenChunkOffsets();

    @Test
    void theLowestOpenChunkKeepsAllFramesAboveIt() {
        Chunk first = chunk("a", 0, 0, 9);
        Chunk second = chunk("b", 0, 10, 19);
        open.add(first);
        open.add(second);
        open.add(chunk("a", 5, 100, 119));

        open.remove(second);
        assertThat(open.lowest()).isEqualTo(Map.of(0, 0L, 5, 100L));
        open.remove(first);
        assertThat(open.lowest()).isEqualTo(Map.of(0, 20L, 5, 100L));
    }

    @Test
    void aJobThatHasEndedKeepsNoFrames() {
        open.add(chunk("a", 0, 0, 9));
        open.add(chunk("b", 0, 10, 19));

        open.removeAll("a");

        assertThat(open.lowest()).isEqualTo(Map.of(0, 10L));
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
