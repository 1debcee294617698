package io.framequota.ingest.chunk;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ChunkLimitsTest {
    private final ChunkLimits limits = new ChunkLimits(32, 1000);

    @Test
    void aChunkEndsAtItsMostFrames() {
        assertThat(limits.endsBefore(31, 31, 1)).isFalse();
        assertThat(limits.endsBefore(32, 32, 1)).isTrue();
    }

    @Test
    void aChunkEndsBeforeItExceedsItsMostBytes() {
        assertThat(limits.endsBefore(2, 600, 400)).isFalse();
        assertThat(limits.endsBefore(2, 600, 401)).isTrue();
    }

    @Test
    void aFrameLargerThanTheLimitIsAChunkByItself() {
        assertThat(limits.endsBefore(0, 0, 5000)).isFalse();
        assertThat(limits.endsBefore(1, 5000, 1)).isTrue();
    }

    @Test
    void aFullChunkHasAsManyFramesAsTheLimitsAllow() {
        assertThat(limits.fullChunk(300)).isEqualTo(900);
        assertThat(limits.fullChunk(10)).isEqualTo(320);
        assertThat(limits.fullChunk(5000)).isEqualTo(5000);
    }
}
