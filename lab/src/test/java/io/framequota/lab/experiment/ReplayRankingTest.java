package io.framequota.lab.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.scheduler.policy.Policies;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ReplayRankingTest {
    @Test
    void aReplayThatSwapsTwoPoliciesIsWrongAndTiesOnEitherSideMayFallEitherWay() {
        List<ReplayRanking> rankings = ReplayRanking.of(List.of(
                result("srpt", run(1, 1.00, Map.of("srpt", 1.0, "gang", 1.1, "las", 2.0)), run(2, 1.0, Map.of())),
                result("gang", run(1, 1.04, Map.of("srpt", 1.2, "gang", 1.1, "las", 2.0))),
                result("las", run(1, 2.00, Map.of("srpt", 2.3, "gang", 1.1, "las", 2.0)))));

        assertThat(rankings).extracting(ReplayRanking::live).containsExactly("srpt", "gang", "las");
        assertThat(rankings).extracting(ReplayRanking::right).containsExactly(1L, 1L, 0L);
        assertThat(rankings.getFirst().windows()).hasSize(1);
        assertThat(rankings.getFirst().windows().getFirst().measured().keySet()).containsExactly("srpt", "gang", "las");
    }

    @Test
    void runsThatNobodyReplayedHaveNoRanking() {
        assertThat(ReplayRanking.of(List.of(result("srpt", run(1, 1, Map.of())), result("las", run(1, 2, Map.of())))))
                .isEmpty();
    }

    private static ContenderResult result(String policy, Run... runs) {
        return new ContenderResult(
                Optional.empty(),
                Contender.of(Policies.installed().choose(policy, Map.of())),
                ActuatorKind.DISPATCH,
                List.of(runs),
                Optional.empty());
    }

    private static Run run(long seed, double meanS, Map<String, Double> replays) {
        Run.Summary summary = new Run.Summary(meanS, meanS, meanS, meanS, 1, meanS);
        return new Run(
                seed,
                summary,
                0,
                List.of(),
                List.of(),
                List.of(),
                0,
                1,
                0,
                OptionalDouble.empty(),
                0,
                Map.of(),
                replays);
    }
}
