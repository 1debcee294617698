package io.framequota.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LightTest {
    @Test
    void whatIsStatedStays() {
        assertThat(new Light(9, 16).orBt709()).isEqualTo(new Light(9, 16));
        assertThat(new Light(22, 1).orBt709()).isEqualTo(new Light(22, 1));
    }

    @Test
    void whatIsNotStatedOrReservedIsBt709() {
        assertThat(new Light(2, 2).orBt709()).isEqualTo(new Light(1, 1));
        assertThat(new Light(0, 3).orBt709()).isEqualTo(new Light(1, 1));
        assertThat(new Light(256, -1).orBt709()).isEqualTo(new Light(1, 1));
        assertThat(new Light(2, 13).orBt709()).isEqualTo(new Light(1, 13));
    }
}
