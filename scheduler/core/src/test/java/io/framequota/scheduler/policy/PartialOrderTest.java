package io.framequota.scheduler.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** Optimized orders and admissions, compared with straightforward implementations. */
class PartialOrderTest {
    @RepeatedTest(40)
    void firstJobsMatchAFullSort(RepetitionInfo repetition) {
        SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
        List<SnapshotJob> jobs = jobs(random, 1 + random.nextInt(300));
        hasTheOrdersOfAFullSort(snapshot(jobs, 1 + random.nextInt(jobs.size())));
    }

    /** So many are sorted by digits. */
    @RepeatedTest(4)
    void thousandsOfJobsMatchAFullSort(RepetitionInfo repetition) {
        SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
        List<SnapshotJob> jobs = jobs(random, 2048 + random.nextInt(4000));
        hasTheOrdersOfAFullSort(snapshot(jobs, jobs.size()));
        hasTheOrdersOfAFullSort(snapshot(jobs, jobs.size() - 1));
    }

    @RepeatedTest(20)
    void digitSortMatchesComparisonSort(RepetitionInfo repetition) {
        SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
        int count = 1 + random.nextInt(3000);
        int lowest = random.nextInt(20);
        // Few and many different digits, and what is behind the keys that are to be sorted.
        long[] keys =
                random.longs(count + 5).map(k -> k >>> 1 + random.nextInt(60)).toArray();
        long[] expected = Arrays.stream(keys, 0, count)
                .boxed()
                .sorted(Comparator.comparing(k -> k >>> lowest))
                .mapToLong(k -> k)
                .toArray();
        long[] behind = Arrays.copyOfRange(keys, count, count + 5);

        RadixSort.sort(keys, count, lowest);

        assertThat(Arrays.copyOf(keys, count)).containsExactly(expected);
        assertThat(Arrays.copyOfRange(keys, count, count + 5)).containsExactly(behind);
    }

    private static void hasTheOrdersOfAFullSort(Snapshot snapshot) {
        List<SnapshotJob> jobs = snapshot.jobs();
        Comparator<Integer> byKey = Comparator.comparingDouble(i -> jobs.get(i).remainingS());
        Comparator<Integer> begunFirst = Comparator.comparing(i -> !jobs.get(i).placed());

        assertThat(JobOrders.smallestFirst(snapshot, SnapshotJob::remainingS))
                .containsExactly(plain(snapshot, byKey.thenComparing(i -> i)));
        assertThat(JobOrders.smallestFirstAfterPlaced(snapshot, SnapshotJob::remainingS))
                .containsExactly(plain(snapshot, begunFirst.thenComparing(byKey).thenComparing(i -> i)));
        assertThat(JobOrders.placedFirst(snapshot)).containsExactly(plain(snapshot, begunFirst.thenComparing(i -> i)));
        assertThat(JobOrders.arrival(snapshot)).containsExactly(plain(snapshot, Comparator.comparing(i -> i)));
    }

    @RepeatedTest(80)
    void edfRefusesExactlyTheJobsThatWouldMissOrCauseAMiss(RepetitionInfo repetition) {
        SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
        List<SnapshotJob> jobs = jobs(random, 1 + random.nextInt(120));
        Snapshot snapshot = snapshot(jobs, 1 + random.nextInt(jobs.size()));

        Allocation allocation =
                Policies.installed().choose("edf", Map.of()).policy().allocate(snapshot);

        int[] refused = IntStream.range(0, allocation.refusals())
                .map(allocation::refused)
                .toArray();
        assertThat(refused).containsExactly(refusedOneByOne(snapshot));
        Comparator<Integer> byDeadline =
                Comparator.comparingDouble(i -> jobs.get(i).deadlineS());
        int[] others = Arrays.stream(plain(snapshot(jobs, jobs.size()), byDeadline.thenComparing(i -> i)))
                .filter(i -> Arrays.stream(refused).noneMatch(r -> r == i))
                .toArray();
        assertThat(IntStream.range(0, allocation.size()).map(allocation::at).toArray())
                .as("a refused job takes no place")
                .containsExactly(resident(snapshot, others));
    }

    /** By definition: compares the ends of all jobs with and without each new job. */
    private static int[] refusedOneByOne(Snapshot snapshot) {
        List<SnapshotJob> jobs = snapshot.jobs();
        List<Integer> in = new ArrayList<>();
        IntStream.range(0, jobs.size()).filter(i -> jobs.get(i).placed()).forEach(in::add);
        List<Integer> lateAnyway = late(snapshot, in);
        List<Integer> refused = new ArrayList<>();
        for (int i = 0; i < jobs.size(); i++) {
            if (jobs.get(i).placed()) {
                continue;
            }
            in.add(i);
            if (!lateAnyway.containsAll(late(snapshot, in))) {
                in.remove((Integer) i);
                refused.add(i);
            }
        }
        return refused.stream().mapToInt(i -> i).toArray();
    }

    private static List<Integer> late(Snapshot snapshot, List<Integer> in) {
        List<Integer> order = new ArrayList<>(in);
        order.sort(Comparator.comparingDouble(i -> snapshot.jobs().get(i).deadlineS()));
        List<Integer> late = new ArrayList<>();
        double endS = snapshot.nowS();
        for (int i : order) {
            SnapshotJob job = snapshot.jobs().get(i);
            endS += job.remainingS() / Math.min(snapshot.cores(), job.limit() / snapshot.core());
            if (endS > job.deadlineS()) {
                late.add(i);
            }
        }
        return late;
    }

    private static int[] plain(Snapshot snapshot, Comparator<Integer> order) {
        return resident(
                snapshot,
                IntStream.range(0, snapshot.jobs().size())
                        .boxed()
                        .sorted(order)
                        .mapToInt(i -> i)
                        .toArray());
    }

    private static int[] resident(Snapshot snapshot, int[] ranked) {
        List<SnapshotJob> jobs = snapshot.jobs();
        long placed = jobs.stream().filter(SnapshotJob::placed).count();
        int[] free = {(int) Math.max(0, snapshot.active() - placed)};
        return Arrays.stream(ranked)
                .filter(i -> jobs.get(i).placed() || free[0]-- > 0)
                .limit(snapshot.active())
                .toArray();
    }

    private static Snapshot snapshot(List<SnapshotJob> jobs, int maxActive) {
        // Some deadlines have passed.
        return new Snapshot(20, 2000, 2, maxActive, Speedup.LINEAR, jobs);
    }

    private static List<SnapshotJob> jobs(SplittableRandom random, int count) {
        double load = 0.2 + random.nextDouble();
        double begun = random.nextDouble();
        boolean dueByArrival = random.nextInt(3) == 0;
        return IntStream.range(0, count)
                .mapToObj(i -> {
                    // Only a few sizes, so that there are ties.
                    double size = 1 + random.nextInt(20);
                    double dueS = dueByArrival ? 1 + 5 * i * load : random.nextDouble(1, 2 + 5 * count * load);
                    Map<String, String> due = random.nextInt(5) == 0 ? Map.of() : Map.of("deadline", "" + dueS);
                    SnapshotJob job = SnapshotJob.queued("job-" + i, i + 1, size)
                            .submitted(0, due)
                            .limited(random.nextInt(4) == 0 ? 1500 : Double.POSITIVE_INFINITY);
                    return random.nextDouble() < begun ? job.begun(size * random.nextDouble()) : job;
                })
                .toList();
    }
}
