package io.framequota.common.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OneLineTest {
    @Test
    void shortLinesStayAsTheyAre() {
        assertThat(OneLine.of("a.yaml:3: policy 'x' is unknown")).isEqualTo("a.yaml:3: policy 'x' is unknown");
    }

    @Test
    void breaksAndControlCharactersBecomeSpaces() {
        assertThat(OneLine.of("a\r\nb\nc\u0007d\u2028e")).isEqualTo("a b c d e");
    }

    @Test
    void longTextIsCut() {
        assertThat(OneLine.of("x".repeat(100_000))).hasSize(2_003).endsWith("x...");
    }
}
