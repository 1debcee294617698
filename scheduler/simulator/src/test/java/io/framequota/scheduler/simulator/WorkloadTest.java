package io.framequota.scheduler.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WorkloadTest {
    static Stream<SizeDistribution> distributions() {
        return Stream.of(
                new SizeDistribution.Exponential(2),
                new SizeDistribution.Uniform(1, 3),
                new SizeDistribution.Constant(2),
                new SizeDistribution.Pareto(3, 4.0 / 3));
    }

    @ParameterizedTest
    @MethodSource("distributions")
    void sizeDistributionsHaveTheirMean(SizeDistribution sizes) {
        SplittableRandom random = new SplittableRandom(7);

        double mean = DoubleStream.generate(() -> sizes.sample(random))
                .limit(200_000)
                .average()
                .orElseThrow();

        assertThat(sizes.mean()).isCloseTo(2, within(1e-12));
        assertThat(mean).isCloseTo(2, within(0.03));
    }

    @Test
    void poissonArrivalsHaveTheirRateAndDependOnlyOnTheSeed() {
        Workload workload = Workload.poisson(4, new SizeDistribution.Exponential(1), 100_000);

        List<Arrival> arrivals = workload.arrivals(1);

        assertThat(arrivals).hasSize(100_000).isEqualTo(workload.arrivals(1)).isNotEqualTo(workload.arrivals(2));
        assertThat(arrivals.getLast().arrivalS()).isCloseTo(25_000, within(300.0));
    }

    @Test
    void otherSizesKeepTheArrivalTimes() {
        Workload even = Workload.poisson(4, new SizeDistribution.Constant(1), 100);
        Workload uneven = Workload.poisson(4, new SizeDistribution.Pareto(1.5, 0.3), 100);

        assertThat(even.arrivals(3).stream().map(Arrival::arrivalS).toList())
                .isEqualTo(uneven.arrivals(3).stream().map(Arrival::arrivalS).toList());
    }

    @Test
    void traceIsReplayedInOrderOfTime() {
        Workload trace =
                Workload.trace(List.of(new Arrival(1, 5, 1, Map.of("tenant", "a")), new Arrival(2, 0.5, 2, Map.of())));

        assertThat(trace.arrivals(1)).extracting(Arrival::id).containsExactly(2L, 1L);
    }

    @Test
    void mergedWorkloadsKeepLabelsAndAreNumberedByArrival() {
        Workload a = Workload.poisson(3, new SizeDistribution.Constant(1), 30).labelled(Map.of("tenant", "a"));
        Workload b = Workload.poisson(3, new SizeDistribution.Constant(1), 10).labelled(Map.of("tenant", "b"));

        List<Arrival> both = Workload.merged(List.of(a, b)).arrivals(1);

        assertThat(both).hasSize(40).isSortedAccordingTo(Comparator.comparingDouble(Arrival::arrivalS));
        assertThat(both).extracting(Arrival::id).isSorted().doesNotHaveDuplicates();
        assertThat(both)
                .filteredOn(j -> j.labels().equals(Map.of("tenant", "b")))
                .hasSize(10);
        assertThat(both)
                .as("equal workloads give different jobs")
                .extracting(Arrival::arrivalS)
                .doesNotHaveDuplicates();
    }

    @Test
    void limitedWorkloadHasTheSameFirstJobs() {
        Workload all = Workload.poisson(3, new SizeDistribution.Exponential(1), 30);

        assertThat(all.first(5).arrivals(2)).isEqualTo(all.arrivals(2).subList(0, 5));
        assertThat(all.first(5).count()).isEqualTo(5);
        assertThat(all.first(31)).isSameAs(all);
    }

    @Test
    void invalidValuesNameTheAllowedOnes() {
        assertThatThrownBy(() -> Workload.batch(List.of()))
                .isInstanceOf(ScenarioException.class)
                .hasMessage("a workload without jobs; at least one is needed");
        assertThatThrownBy(() -> Workload.batch(List.of(1.0, 0.0)))
                .hasMessage("job 2 has the size 0.0 s; a number above 0 is allowed");
        assertThatThrownBy(() -> Workload.poisson(0, new SizeDistribution.Constant(1), 1))
                .hasMessage("a rate of 0.0 jobs a second; a number above 0 is allowed");
        assertThatThrownBy(() -> new SizeDistribution.Uniform(3, 3))
                .hasMessageContaining("two numbers a and b with 0 <= a < b are allowed");
    }
}
