package io.framequota.lab.quotalab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class QuotaDiagnosisTest {
    @Test
    void oneThreadNeedsOneCore() {
        QuotaDiagnosis found = QuotaDiagnosis.of(List.of(
                run(0, 1.0, 1.0, 1),
                run(250, 3.9, 1.0, 1),
                run(500, 1.95, 1.0, 1),
                run(1000, 1.0, 1.0, 1),
                run(2000, 1.0, 1.0, 1)));

        assertThat(found.width()).isCloseTo(1, within(1e-9));
        assertThat(found.parallelFraction()).isZero();
        assertThat(found.recommendedMillicores()).isEqualTo(1000);
        assertThat(found.recommendedThreads()).isEqualTo(1);
        assertThat(found.spins()).isFalse();
        assertThat(found.fluidS(250)).isCloseTo(4, within(1e-9));
        assertThat(found.reasons()).anyMatch(r -> r.contains("uses one core"));
    }

    @Test
    void aParallelProgramGetsWhatItCanUse() {
        QuotaDiagnosis found = QuotaDiagnosis.of(List.of(
                run(500, 4.0, 2.0, 2),
                run(1000, 2.0, 2.0, 2),
                run(1500, 1.33, 2.0, 2),
                run(2000, 1.0, 2.0, 2),
                run(0, 1.0, 2.0, 2)));

        assertThat(found.width()).isCloseTo(2, within(1e-9));
        assertThat(found.parallelFraction()).isCloseTo(1, within(1e-9));
        assertThat(found.recommendedMillicores()).isEqualTo(2000);
        assertThat(found.recommendedThreads()).isEqualTo(2);
    }

    @Test
    void moreProcessorTimeUnderAQuotaIsSpinning() {
        QuotaDiagnosis found = QuotaDiagnosis.of(
                List.of(run(250, 30, 7.5, 4), run(1000, 4, 3.8, 4), run(2000, 1.0, 2.1, 4), run(0, 1.0, 2.0, 4)));

        assertThat(found.spins()).isTrue();
        assertThat(found.spinWaste()).isCloseTo(2.75, within(1e-9));
        assertThat(found.reasons()).anyMatch(r -> r.startsWith("It spins: under 250m it used 3.8 times"));
    }

    @Test
    void severalRunsOfAQuotaCountAsTheirMedian() {
        QuotaDiagnosis found = QuotaDiagnosis.of(
                List.of(run(0, 1.0, 1.0, 1), run(1000, 5.0, 1.0, 1), run(1000, 1.0, 1.0, 1), run(1000, 1.05, 1.0, 1)));

        assertThat(found.runs()).hasSize(2);
        assertThat(found.runs().getFirst().wallS()).isEqualTo(1.05);
        assertThatThrownBy(() -> QuotaDiagnosis.of(List.of(run(500, 1, 1, 1))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static QuotaRun run(int millicores, double wallS, double cpuS, int threads) {
        long periods = millicores == 0 ? 0 : Math.round(10 * wallS);
        return new QuotaRun(millicores, wallS, cpuS, 0, periods, periods / 2, threads);
    }
}
