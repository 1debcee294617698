package io.framequota.media.decode;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OrientationTest {
    @Test
    void quarterTurnsAreClockwise() {
        assertThat(Orientation.ofMatrix(1, 0, 0, 1)).isEqualTo(Orientation.UPRIGHT);
        assertThat(Orientation.ofMatrix(0, 1, -1, 0)).isEqualTo(new Orientation(false, 1));
        assertThat(Orientation.ofMatrix(-1, 0, 0, -1)).isEqualTo(new Orientation(false, 2));
        assertThat(Orientation.ofMatrix(0, -1, 1, 0)).isEqualTo(new Orientation(false, 3));
    }

    @Test
    void distinguishesMirrorsFromTurns() {
        assertThat(Orientation.ofMatrix(-1, 0, 0, 1)).isEqualTo(new Orientation(true, 0));
        assertThat(Orientation.ofMatrix(1, 0, 0, -1)).isEqualTo(new Orientation(true, 2));
    }

    @Test
    void onlyQuarterTurnsSwapSides() {
        assertThat(new Orientation(false, 1).swapsSides()).isTrue();
        assertThat(new Orientation(true, 2).swapsSides()).isFalse();
        assertThat(new Orientation(false, -1)).isEqualTo(new Orientation(false, 3));
    }
}
