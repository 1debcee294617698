package io.framequota.scheduler.controller.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class ControlTokenFilterTest {
    private static final Optional<String> TOKEN = Optional.of("a-token-of-this-test");

    @Test
    void whereKeysAreAskedForOnlyTheTokenOpens() {
        ControlTokenFilter filter = new ControlTokenFilter(TOKEN, "keys");

        assertThat(filter.allows("Bearer a-token-of-this-test")).isTrue();
        assertThat(filter.allows(null)).isFalse();
        assertThat(filter.allows("Bearer a-token-of-this-tesT")).isFalse();
        assertThat(filter.allows("a-token-of-this-test")).isFalse();
    }

    @Test
    void elsewhereEverybodyMayAsk() {
        assertThat(new ControlTokenFilter(TOKEN, "off").allows(null)).isTrue();
    }
}
