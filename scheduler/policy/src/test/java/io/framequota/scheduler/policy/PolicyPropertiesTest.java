package io.framequota.scheduler.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What holds for every policy, whatever the snapshot. */
class PolicyPropertiesTest {
    @Property(tries = 300)
    void sharesAreNotNegativeWithinLimitsAndTogetherWithinTheBudget(
            @ForAll("snapshots") Snapshot snapshot, @ForAll("policies") ChosenPolicy chosen) {
        Allocation allocation = chosen.policy().allocate(snapshot);

        for (int i = 0; i < snapshot.jobs().size(); i++) {
            assertThat(allocation.millicores(i))
                    .isBetween(0.0, snapshot.jobs().get(i).limit());
        }
        assertThat(allocation.total()).isLessThanOrEqualTo(snapshot.budget() * (1 + 1e-12));
    }

    @Property(tries = 300)
    void theOrderNamesJobsOnceAndNoMoreThanMayBeActiveAndEveryShareIsInIt(
            @ForAll("snapshots") Snapshot snapshot, @ForAll("policies") ChosenPolicy chosen) {
        Allocation allocation = chosen.policy().allocate(snapshot);

        Set<Integer> ordered = new HashSet<>();
        for (int rank = 0; rank < allocation.size(); rank++) {
            assertThat(ordered.add(allocation.at(rank))).isTrue();
        }
        assertThat(allocation.size()).isLessThanOrEqualTo(snapshot.maxActive());
        for (int i = 0; i < snapshot.jobs().size(); i++) {
            assertThat(allocation.millicores(i) == 0 || ordered.contains(i)).isTrue();
        }
    }

    @Property(tries = 200)
    void theSameSnapshotHasTheSameAnswer(
            @ForAll("snapshots") Snapshot snapshot, @ForAll("policies") ChosenPolicy chosen) {
        Snapshot copy =
                new Snapshot(snapshot.budget(), snapshot.cores(), snapshot.maxActive(), List.copyOf(snapshot.jobs()));

        assertThat(chosen.policy().allocate(copy)).isEqualTo(chosen.policy().allocate(snapshot));
    }

    @Property(tries = 200)
    void nothingIsLeftWhileARequestCouldUseIt(
            @ForAll("snapshots") Snapshot snapshot, @ForAll("sliced") ChosenPolicy chosen) {
        Allocation allocation = chosen.policy().allocate(snapshot);

        double usable = IntStream.range(0, allocation.size())
                .mapToDouble(rank -> snapshot.jobs().get(allocation.at(rank)).limit())
                .sum();
        double expected = Math.min(snapshot.budget(), usable);
        assertThat(allocation.total()).isBetween(expected * (1 - 1e-9), expected * (1 + 1e-9));
    }

    @Provide
    Arbitrary<ChosenPolicy> policies() {
        return Arbitraries.of(
                Policies.choose("one-core-per-request", Map.of()),
                Policies.choose("divide-and-conquer", Map.of()),
                Policies.choose("one-request-at-a-time", Map.of()),
                Policies.choose("one-request-at-a-time", Map.of("order", "shortest-first", "spill", "false")));
    }

    @Provide
    Arbitrary<ChosenPolicy> sliced() {
        return Arbitraries.of(
                Policies.choose("divide-and-conquer", Map.of()),
                Policies.choose("one-request-at-a-time", Map.of("order", "shortest-first")));
    }

    @Provide
    Arbitrary<Snapshot> snapshots() {
        Arbitrary<SnapshotJob> job = Combinators.combine(
                        Arbitraries.of(true, false),
                        Arbitraries.longs().between(0, 1_000_000),
                        Arbitraries.longs().between(-1, 1_000_000),
                        Arbitraries.oneOf(
                                Arbitraries.just(Double.POSITIVE_INFINITY),
                                Arbitraries.doubles().between(0.5, 9000)))
                .as((placed, attained, remaining, limit) ->
                        new SnapshotJob("job", 0, placed, attained / 100.0, attained, remaining, limit, Map.of()));
        return Combinators.combine(
                        Arbitraries.doubles().between(0, 64_000),
                        Arbitraries.integers().between(0, 64),
                        Arbitraries.integers().between(1, 40),
                        job.list().ofMaxSize(30))
                .as((budget, cores, maxActive, jobs) -> new Snapshot(cores == 0 ? 0 : budget, cores, maxActive, jobs));
    }
}
