package io.framequota.scheduler.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
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

/** Properties that hold for every policy and every snapshot. */
class PolicyPropertiesTest {
    @Property(tries = 300)
    void sharesStayWithinLimitsAndBudget(
            @ForAll("snapshots") Snapshot snapshot, @ForAll("policies") ConfiguredPolicy chosen) {
        Allocation allocation = chosen.policy().allocate(snapshot);

        for (int i = 0; i < snapshot.jobs().size(); i++) {
            assertThat(allocation.millicores(i))
                    .isBetween(0.0, snapshot.jobs().get(i).limit());
        }
        assertThat(allocation.total()).isLessThanOrEqualTo(snapshot.budget() * (1 + 1e-12));
    }

    @Property(tries = 300)
    void orderContainsEachJobOnceAndEveryJobWithAShare(
            @ForAll("snapshots") Snapshot snapshot, @ForAll("policies") ConfiguredPolicy chosen) {
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

    @Property(tries = 300)
    void queuedJobsOnlyFillFreePlaces(
            @ForAll("snapshots") Snapshot snapshot, @ForAll("policies") ConfiguredPolicy chosen) {
        Allocation allocation = chosen.policy().allocate(snapshot);

        long placed = snapshot.jobs().stream().filter(SnapshotJob::placed).count();
        long named = IntStream.range(0, allocation.size())
                .filter(rank -> !snapshot.jobs().get(allocation.at(rank)).placed())
                .count();
        assertThat(named).isLessThanOrEqualTo(Math.max(0, snapshot.maxActive() - placed));
    }

    @Property(tries = 300)
    void refusedRequestHasNotBegunAndHasNoShare(@ForAll("snapshots") Snapshot snapshot) {
        Allocation allocation =
                Policies.installed().choose("edf", Map.of()).policy().allocate(snapshot);

        for (int i = 0; i < allocation.refusals(); i++) {
            int refused = allocation.refused(i);
            assertThat(snapshot.jobs().get(refused).placed()).isFalse();
            assertThat(allocation.millicores(refused)).isZero();
            assertThat(IntStream.range(0, allocation.size()).map(allocation::at))
                    .doesNotContain(refused);
        }
    }

    @Property(tries = 200)
    void equalSnapshotsGiveEqualAnswers(
            @ForAll("snapshots") Snapshot snapshot, @ForAll("policies") ConfiguredPolicy chosen) {
        Snapshot copy = new Snapshot(
                snapshot.nowS(),
                snapshot.budget(),
                snapshot.cores(),
                snapshot.maxActive(),
                snapshot.speedup(),
                List.copyOf(snapshot.jobs()));

        assertThat(Policies.installed()
                        .choose(chosen.name(), chosen.parameters())
                        .policy()
                        .allocate(copy))
                .isEqualTo(chosen.policy().allocate(snapshot));
    }

    @Property(tries = 200)
    void noBudgetIsLeftWhileARequestCouldUseIt(
            @ForAll("snapshots") Snapshot snapshot, @ForAll("sliced") ConfiguredPolicy chosen) {
        Allocation allocation = chosen.policy().allocate(snapshot);

        double usable = IntStream.range(0, allocation.size())
                .mapToDouble(rank -> snapshot.jobs().get(allocation.at(rank)).limit())
                .sum();
        double expected = Math.min(snapshot.budget(), usable);
        assertThat(allocation.total()).isBetween(expected * (1 - 1e-9), expected * (1 + 1e-9));
    }

    @Property(tries = 200)
    void everyActiveRequestOfASharingPolicyHasAShare(
            @ForAll("snapshots") Snapshot snapshot, @ForAll("sharing") ConfiguredPolicy chosen) {
        Allocation allocation = chosen.policy().allocate(snapshot);

        for (int rank = 0; rank < allocation.size(); rank++) {
            assertThat(allocation.millicores(allocation.at(rank)) > 0).isEqualTo(snapshot.budget() > 0);
        }
    }

    @Property(tries = 200)
    void noRequestWaitsBehindYoungerOnesLongerThanTheAgingBound(@ForAll("snapshots") Snapshot snapshot) {
        double aging = 40;
        Allocation allocation = Policies.installed()
                .choose("one-request-at-a-time", Map.of("order", "shortest-first", "aging", "40"))
                .policy()
                .allocate(snapshot);

        long old = snapshot.jobs().stream()
                .filter(j -> snapshot.nowS() - j.submittedS() >= aging)
                .count();
        if (snapshot.maxActive() >= snapshot.jobs().size()) {
            assertThat(IntStream.range(0, (int) old).map(allocation::at))
                    .as("old requests come first, by arrival")
                    .containsExactlyElementsOf(
                            IntStream.range(0, (int) old).boxed().toList());
        }
    }

    @Provide
    Arbitrary<ConfiguredPolicy> policies() {
        List<ConfiguredPolicy> chosen = new ArrayList<>();
        Policies.installed().all().forEach(kind -> chosen.add(kind.with(Map.of())));
        chosen.add(Policies.installed()
                .choose("one-request-at-a-time", Map.of("order", "shortest-first", "spill", "false", "aging", "5")));
        chosen.add(Policies.installed().choose("gang", Map.of("width", "3")));
        chosen.add(Policies.installed().choose("srpt", Map.of("error", "0.5", "preempt", "false", "measure", "size")));
        chosen.add(Policies.installed().choose("weighted-fair", Map.of("weights", "a=3,b=0.5")));
        chosen.add(Policies.installed().choose("hesrpt", Map.of("objective", "slowdown", "p", "0.5")));
        chosen.add(Policies.installed().choose("hesrpt", Map.of("objective", "weighted")));
        return Arbitraries.of(chosen);
    }

    @Provide
    Arbitrary<ConfiguredPolicy> sliced() {
        return Arbitraries.of(
                Policies.installed().choose("divide-and-conquer", Map.of()),
                Policies.installed().choose("srpt", Map.of("error", "0.5")),
                Policies.installed().choose("las", Map.of()),
                Policies.installed().choose("weighted-fair", Map.of("weights", "a=3,b=0.5")),
                Policies.installed().choose("edf", Map.of()),
                Policies.installed().choose("auto", Map.of()),
                Policies.installed().choose("one-request-at-a-time", Map.of("order", "shortest-first")));
    }

    @Provide
    Arbitrary<ConfiguredPolicy> sharing() {
        return Arbitraries.of(
                Policies.installed().choose("divide-and-conquer", Map.of()),
                Policies.installed().choose("weighted-fair", Map.of()));
    }

    @Provide
    Arbitrary<Snapshot> snapshots() {
        Arbitrary<SnapshotJob> job = Combinators.combine(
                        Arbitraries.of(true, false),
                        Arbitraries.doubles().between(0, 100),
                        Arbitraries.oneOf(
                                Arbitraries.just(SnapshotJob.UNKNOWN),
                                Arbitraries.doubles().between(0.01, 200)),
                        Arbitraries.oneOf(
                                Arbitraries.just(Double.POSITIVE_INFINITY),
                                Arbitraries.doubles().between(0.5, 9000)),
                        Arbitraries.of(
                                Map.<String, String>of(),
                                Map.of("tenant", "a"),
                                Map.of("tenant", "b", "deadline", "3"),
                                Map.of("deadline", "30", "weight", "2.5")))
                .as((placed, attained, size, limit, labels) -> {
                    SnapshotJob fresh =
                            SnapshotJob.queued("job", 0, size).limited(limit).submitted(0, labels);
                    return placed ? fresh.begun(attained) : fresh;
                });
        Arbitrary<Speedup> speedup = Arbitraries.of(
                Speedup.LINEAR,
                new Speedup.Capped(3),
                new Speedup.Power(0.5),
                new Speedup.Amdahl(0.9),
                new Speedup.Curve(List.of(new Speedup.Point(1, 1), new Speedup.Point(4, 2.5))));
        return Combinators.combine(
                        Arbitraries.doubles().between(1, 64_000),
                        Arbitraries.integers().between(0, 64),
                        Arbitraries.integers().between(1, 40),
                        speedup,
                        job.list().ofMaxSize(30))
                .as((budget, cores, maxActive, curve, jobs) ->
                        new Snapshot(100, cores == 0 ? 0 : budget, cores, maxActive, curve, inOrderOfArrival(jobs)));
    }

    private static List<SnapshotJob> inOrderOfArrival(List<SnapshotJob> jobs) {
        return IntStream.range(0, jobs.size())
                .mapToObj(i -> {
                    SnapshotJob job = jobs.get(i);
                    double submitted = 100.0 * i / jobs.size();
                    SnapshotJob limited =
                            SnapshotJob.queued("job-" + i, i + 1, job.sizeS()).limited(job.limit());
                    UsableCores usable = i % 2 == 0 ? new UsableCores("m", 0.3 + i) : UsableCores.UNKNOWN;
                    SnapshotJob named = SnapshotJobs.usingAtMost(limited, usable, 1000 * (1 + i))
                            .submitted(submitted, job.labels());
                    return job.placed() ? named.begun(job.attainedS()) : named;
                })
                .toList();
    }
}
