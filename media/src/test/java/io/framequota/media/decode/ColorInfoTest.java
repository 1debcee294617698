package io.framequota.media.decode;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ColorInfoTest {
    @Test
    void keepsStatedCodePoints() {
        assertThat(new ColorInfo(9, 16).orBt709()).isEqualTo(new ColorInfo(9, 16));
        assertThat(new ColorInfo(22, 1).orBt709()).isEqualTo(new ColorInfo(22, 1));
    }

    @Test
    void replacesUnspecifiedAndReservedCodePointsByBt709() {
        assertThat(new ColorInfo(2, 2).orBt709()).isEqualTo(new ColorInfo(1, 1));
        assertThat(new ColorInfo(0, 3).orBt709()).isEqualTo(new ColorInfo(1, 1));
        assertThat(new ColorInfo(256, -1).orBt709()).isEqualTo(new ColorInfo(1, 1));
        assertThat(new ColorInfo(2, 13).orBt709()).isEqualTo(new ColorInfo(1, 13));
    }
}
