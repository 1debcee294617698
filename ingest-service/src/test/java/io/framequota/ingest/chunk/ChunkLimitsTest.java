package io.framequota.ingest.chunk;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ChunkLimitsTest {
    private final ChunkLimits cut = new ChunkLimits(32, 1000);

    @Test
    void aChunkEndsWithItsLastFrame() {
        assertThat(cut.endsBefore(31, 31, 1)).isFalse();
        assertThat(cut.endsBefore(32, 32, 1)).isTrue();
    }

    @Test
    void aChunkEndsBeforeItGrowsTooLarge() {
        assertThat(cut.endsBefore(2, 600, 400)).isFalse();
        assertThat(cut.endsBefore(2, 600, 401)).isTrue();
    }

    @Test
    void aFrameLargerThanAChunkIsAChunkOfItsOwn() {
        assertThat(cut.endsBefore(0, 0, 5000)).isFalse();
        assertThat(cut.endsBefore(1, 5000, 1)).isTrue();
    }

    @Test
    void aWholeChunkIsWhatTheCutLetsGrow() {
        assertThat(cut.wholeChunk(300)).isEqualTo(900);
        assertThat(cut.wholeChunk(10)).isEqualTo(320);
        assertThat(cut.wholeChunk(5000)).isEqualTo(5000);
    }
}
