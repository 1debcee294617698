package io.framequota.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TurnTest {
    @Test
    void quarterTurnsAreClockwise() {
        assertThat(Turn.ofMatrix(1, 0, 0, 1)).isEqualTo(Turn.NONE);
        assertThat(Turn.ofMatrix(0, 1, -1, 0)).isEqualTo(new Turn(false, 1));
        assertThat(Turn.ofMatrix(-1, 0, 0, -1)).isEqualTo(new Turn(false, 2));
        assertThat(Turn.ofMatrix(0, -1, 1, 0)).isEqualTo(new Turn(false, 3));
    }

    @Test
    void mirrorsAreToldFromTurns() {
        assertThat(Turn.ofMatrix(-1, 0, 0, 1)).isEqualTo(new Turn(true, 0));
        assertThat(Turn.ofMatrix(1, 0, 0, -1)).isEqualTo(new Turn(true, 2));
    }

    @Test
    void onlyQuarterTurnsSwapSides() {
        assertThat(new Turn(false, 1).swapsSides()).isTrue();
        assertThat(new Turn(true, 2).swapsSides()).isFalse();
        assertThat(new Turn(false, -1)).isEqualTo(new Turn(false, 3));
    }
}
