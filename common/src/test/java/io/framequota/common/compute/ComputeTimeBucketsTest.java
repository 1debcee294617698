package io.framequota.common.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComputeTimeBucketsTest {
    private static final long MS = 1_000_000;
    private static final long SECOND = 1_000 * MS;
    private static final long LONGEST = 60 * MS;

    @Property(tries = 200)
    void noJobOwesMoreThanOneBatchOrUsesMoreThanItsShareABurstAndABatch(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 6) int jobs,
            @ForAll @IntRange(min = 1, max = 3) int devices) {
        Map<String, Double> shares = shares(jobs, 1000.0 * devices, new Random(seed));
        ComputeTimeBuckets buckets = new ComputeTimeBuckets(ComputeTimeRules.HARD);
        buckets.divide(ComputeTimeRules.HARD, shares, 0);
        VirtualDevice device = new VirtualDevice(buckets, devices, 0, seed);
        shares.keySet().forEach(j -> device.add(j, r -> MS + r.nextDouble() * (LONGEST - MS)));

        device.runUntil(4 * SECOND, true);

        device.lowest.forEach((job, level) -> assertThat(level).as(job).isGreaterThanOrEqualTo(-LONGEST));
        shares.forEach((job, milli) -> {
            double rate = Math.max(ComputeTimeBuckets.PARKED_MILLI, milli) / 1000;
            List<VirtualDevice.Batch> own =
                    device.batches.stream().filter(b -> b.job().equals(job)).toList();
            for (int from = 0; from < own.size(); from++) {
                double used = 0;
                for (int to = from; to < own.size(); to++) {
                    used += own.get(to).ns();
                    double window = own.get(to).startNs() - own.get(from).startNs();
                    assertThat(used)
                            .as("%s in %.0f ns", job, window)
                            .isLessThanOrEqualTo(rate * (window + ComputeTimeRules.HARD.fullNs()) + LONGEST + 1);
                }
            }
        });
    }

    @Property(tries = 100)
    void noWaitingJobStarves(@ForAll long seed, @ForAll @IntRange(min = 2, max = 6) int jobs) {
        Random random = new Random(seed);
        Map<String, Double> shares = shares(jobs, 1000, random);
        shares.put("parked", 0.0);
        ComputeTimeRules rules = random.nextBoolean() ? ComputeTimeRules.HARD : ComputeTimeRules.BORROW;
        ComputeTimeBuckets buckets = new ComputeTimeBuckets(rules);
        buckets.divide(rules, shares, 0);
        VirtualDevice device = new VirtualDevice(buckets, 1, MS, seed);
        shares.keySet().forEach(j -> device.add(j, r -> MS + r.nextDouble() * (LONGEST - MS)));

        device.runUntil(60 * SECOND, false);

        shares.forEach((job, milli) -> {
            double due = Math.max(ComputeTimeBuckets.PARKED_MILLI, milli) / 1000 * 60 * SECOND;
            // The device loses 3% of its time between batches, and shares may add up to all of it and the parked job's.
            assertThat(device.used(job, 0, Long.MAX_VALUE))
                    .as(job + " with " + milli)
                    .isGreaterThan(0.8 * due - LONGEST);
        });
    }

    @Property(tries = 100)
    void borrowingLeavesNoDeviceIdle(@ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int jobs) {
        Map<String, Double> shares = shares(jobs, 400, new Random(seed));
        ComputeTimeBuckets buckets = new ComputeTimeBuckets(ComputeTimeRules.BORROW);
        buckets.divide(ComputeTimeRules.BORROW, shares, 0);
        VirtualDevice device = new VirtualDevice(buckets, 2, 0, seed);
        shares.keySet().forEach(j -> device.add(j, r -> MS + r.nextDouble() * (LONGEST - MS)));

        device.runUntil(5 * SECOND, false);

        assertThat(device.idledInVain).isZero();
        double used =
                device.batches.stream().mapToDouble(VirtualDevice.Batch::ns).sum();
        assertThat(used).isGreaterThanOrEqualTo(2.0 * 5 * SECOND);
    }

    @ParameterizedTest
    @CsvSource({"300, 700, 0", "100, 900, 0", "300, 700, 3", "100, 900, 3", "10, 990, 1"})
    void aSaturatedDeviceIsDividedInTheRatioOfTheSharesEvenIfItIsSlowerThanTheyAddUpTo(double a, double b, int gapMs) {
        ComputeTimeBuckets buckets = new ComputeTimeBuckets(ComputeTimeRules.HARD);
        buckets.divide(ComputeTimeRules.HARD, Map.of("a", a, "b", b), 0);
        VirtualDevice device = new VirtualDevice(buckets, 1, gapMs * MS, 1);
        // Batches of the small job are the long ones.
        device.add("a", r -> 50 * MS + r.nextDouble() * 20 * MS);
        device.add("b", r -> 5 * MS + r.nextDouble() * 10 * MS);

        device.runUntil(60 * SECOND, false);

        double one = device.used("a", 0, Long.MAX_VALUE);
        double both = one + device.used("b", 0, Long.MAX_VALUE);
        assertThat(one / both).isCloseTo(a / (a + b), within(0.005));
    }

    @Test
    void aJobAloneStaysAtItsCapOrTakesEverything() {
        for (ComputeTimeRules rules : List.of(ComputeTimeRules.HARD, ComputeTimeRules.BORROW)) {
            ComputeTimeBuckets buckets = new ComputeTimeBuckets(rules);
            buckets.divide(rules, Map.of("a", 400.0), 0);
            VirtualDevice device = new VirtualDevice(buckets, 1, 0, 1);
            device.add("a", r -> 30 * MS);

            device.runUntil(20 * SECOND, false);

            assertThat(device.used("a", 0, Long.MAX_VALUE) / (20.0 * SECOND))
                    .isCloseTo(rules.borrows() ? 1 : 0.4, within(0.01));
        }
    }

    @Test
    void whoBorrowedOwesNothingWhenTheOwnerReturns() {
        ComputeTimeBuckets buckets = new ComputeTimeBuckets(ComputeTimeRules.BORROW);
        buckets.divide(ComputeTimeRules.BORROW, Map.of("a", 300.0, "b", 700.0), 0);
        VirtualDevice device = new VirtualDevice(buckets, 1, 0, 1);
        device.add("a", r -> 20 * MS);
        device.runUntil(10 * SECOND, false);

        device.add("b", r -> 20 * MS);
        device.runUntil(12 * SECOND, false);

        double a = device.used("a", 10 * SECOND, 12 * SECOND);
        assertThat(a / (2.0 * SECOND)).isBetween(0.24, 0.34);
        assertThat(device.used("a", 0, 10 * SECOND)).isGreaterThanOrEqualTo(10.0 * SECOND);
    }

    @Test
    void aThirdJobHasItsShareFromTheNextPeriodOn() {
        ComputeTimeBuckets buckets = new ComputeTimeBuckets(ComputeTimeRules.HARD);
        buckets.divide(ComputeTimeRules.HARD, Map.of("a", 500.0, "b", 500.0), 0);
        VirtualDevice device = new VirtualDevice(buckets, 1, 0, 1);
        device.add("a", r -> 5 * MS);
        device.add("b", r -> 5 * MS);
        device.runUntil(5 * SECOND, false);

        device.add("c", r -> 5 * MS);
        buckets.divide(ComputeTimeRules.HARD, Map.of("a", 250.0, "b", 250.0, "c", 500.0), device.now());
        device.runUntil(6 * SECOND, false);

        for (long from = 5 * SECOND + 100 * MS; from + 200 * MS <= 6 * SECOND; from += 100 * MS) {
            assertThat(device.used("c", from, from + 200 * MS)).isCloseTo(100.0 * MS, within(10.0 * MS));
        }
    }

    @Test
    void sharesThatAreSentAgainAndARestartGiveNothingTwice() {
        ComputeTimeBuckets buckets = new ComputeTimeBuckets(ComputeTimeRules.HARD);
        Map<String, Double> shares = Map.of("a", 200.0);
        buckets.divide(ComputeTimeRules.HARD, shares, 0);
        buckets.start("a", 50 * MS, MS).settle(80 * MS, 81 * MS);
        double debt = buckets.level("a", 81 * MS);

        buckets.divide(ComputeTimeRules.HARD, Map.of(), 81 * MS);
        buckets.divide(ComputeTimeRules.HARD, shares, 81 * MS);

        assertThat(buckets.level("a", 81 * MS)).isEqualTo(debt).isNegative();
        ComputeTimeBuckets restarted = new ComputeTimeBuckets(ComputeTimeRules.HARD);
        restarted.divide(ComputeTimeRules.HARD, shares, 81 * MS);
        assertThat(restarted.level("a", 81 * MS)).isZero();
    }

    /** Shares that add up to at most a total. */
    private static Map<String, Double> shares(int jobs, double total, Random random) {
        Map<String, Double> shares = new HashMap<>();
        double left = total;
        for (int i = 0; i < jobs; i++) {
            double share = left * (0.05 + 0.7 * random.nextDouble());
            shares.put("job-" + i, share);
            left -= share;
        }
        return shares;
    }
}
