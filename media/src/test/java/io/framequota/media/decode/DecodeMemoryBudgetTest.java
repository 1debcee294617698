package io.framequota.media.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class DecodeMemoryBudgetTest {
    private static final long MIB = 1 << 20;
    private final DecodeMemoryBudget budget = new DecodeMemoryBudget(100 * MIB);

    @Test
    void streamsDoNotWaitForASourceThatHasAlmostAll() throws Exception {
        try (DecodeMemoryBudget.Share source = budget.take(90 * MIB, "a source");
                DecodeMemoryBudget.Share stream = budget.takeStanding(50 * MIB, "a stream")) {
            assertThat(budget.used()).isEqualTo(140 * MIB);
        }
        assertThat(budget.used()).isZero();
    }

    @Test
    void aSourceDoesNotWaitForWhatStreamsKeep() throws Exception {
        try (DecodeMemoryBudget.Share stream = budget.takeStanding(50 * MIB, "a stream")) {
            assertThatThrownBy(() -> budget.take(60 * MIB, "a source"))
                    .isInstanceOf(SourceException.class)
                    .hasMessageContaining("a source needs about 60 MiB")
                    .hasMessageContaining("streams have 50 of 100 MiB");
            budget.take(50 * MIB, "a smaller source").close();
        }
        budget.take(60 * MIB, "a source").close();
    }

    @Test
    void streamsHaveAtMostThreeQuarters() throws Exception {
        try (DecodeMemoryBudget.Share first = budget.takeStanding(70 * MIB, "a stream")) {
            assertThatThrownBy(() -> budget.takeStanding(6 * MIB, "another stream"))
                    .isInstanceOf(SourceException.class)
                    .hasMessageContaining("streams have 70 of at most 75 MiB already");
            first.grown(72 * MIB);
            assertThatThrownBy(() -> budget.takeStanding(4 * MIB, "another stream"))
                    .isInstanceOf(SourceException.class);
            budget.takeStanding(3 * MIB, "another stream").close();
        }
        budget.takeStanding(75 * MIB, "another stream").close();
        assertThat(budget.used()).isZero();
    }
}
