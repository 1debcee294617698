package io.framequota.scheduler.controller.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.framequota.scheduler.dispatch.DispatchEvent;
import io.framequota.scheduler.dispatch.EndedJob;
import io.framequota.scheduler.dispatch.FrameFormat;
import io.framequota.scheduler.dispatch.JobDescriptor;
import io.framequota.scheduler.dispatch.WorkerFleet;
import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.policy.Policies;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is recorded of live runs, and what its replay says of them. */
class ShadowReplayTest {
    private static final int CORES = 2;
    private static final WorkerFleet TWO = WorkerFleet.inTurns(List.of(1, 1));
    private static final long FRAME_US = 10_000;
    private static final double TOLERANCE = 0.1;

    @ParameterizedTest
    @CsvSource({
        "auto, divide-and-conquer",
        "divide-and-conquer, one-request-at-a-time",
        "one-request-at-a-time, srpt",
        "one-core-per-request, divide-and-conquer"
    })
    void replayComparesTheLivePolicyWithTheOthers(String ran, String other) {
        List<LiveRun.Submission> jobs = jobs(150);
        ShadowRecording recording = LiveRun.record(policy(ran), TWO, FRAME_US, jobs);
        double otherwise = mean(LiveRun.record(policy(other), TWO, FRAME_US, jobs));

        ShadowReport shadow = ShadowReplay.of(recording);

        assertThat(shadow.jobs()).isEqualTo(150);
        assertThat(shadow.cores()).isEqualTo(CORES);
        ShadowReport.Live live = shadow.live();
        assertThat(live).isNotNull();
        assertThat(live.decided()).containsExactly(ran);
        assertThat(live.measuredMeanS()).isEqualTo(mean(recording));
        assertThat(live.replayedMeanS()).isCloseTo(mean(recording), within(TOLERANCE * mean(recording)));
        assertThat(of(shadow, other).meanResponseS())
                .as("what the same jobs got when " + other + " ran")
                .isCloseTo(otherwise, within(TOLERANCE * otherwise));
    }

    @Test
    void betterPolicyIsNamedWithItsGain() {
        // Three times four equal jobs at once on two cores: 2.0 s shared equally, 1.25 s one after the other.
        ShadowRecording recording = LiveRun.record(policy("divide-and-conquer"), TWO, 1_000, fours(3));

        ShadowReport shadow = ShadowReplay.of(
                new ShadowRecording(1, recording.fromUs(), recording.toUs(), recording.live(), recording.jobs()));

        assertThat(of(shadow, "one-request-at-a-time").change()).isCloseTo(-0.375, within(0.04));
        assertThat(of(shadow, "divide-and-conquer").change()).isZero();
        assertThat(shadow.policies().getFirst().meanResponseS())
                .isLessThanOrEqualTo(of(shadow, "one-request-at-a-time").meanResponseS());
        assertThat(shadow.advice()).isTrue();
        assertThat(shadow.sentence()).matches("\\S+ would have cut mean response by 3\\d % in the last hour");
    }

    private static List<LiveRun.Submission> fours(int times) {
        List<LiveRun.Submission> jobs = new ArrayList<>();
        for (int i = 0; i < 4 * times; i++) {
            jobs.add(new LiveRun.Submission(1_000_000 + 10_000_000L * (i / 4), 100));
        }
        return jobs;
    }

    @Test
    void fewJobsGiveNoAdvice() {
        ShadowRecording recording = LiveRun.record(policy("divide-and-conquer"), TWO, 1_000, fours(1));

        ShadowReport shadow = ShadowReplay.of(recording);

        assertThat(shadow.advice()).isFalse();
        assertThat(shadow.sentence()).startsWith("no advice: 4 jobs ran under divide-and-conquer");
    }

    @Test
    void jobsThatRanUnderAnotherPolicyGiveNoAdvice() {
        ShadowRecording recording = LiveRun.record(policy("srpt"), TWO, 1_000, fours(3));

        ShadowReport shadow = ShadowReplay.of(
                new ShadowRecording(1, recording.fromUs(), recording.toUs(), policy("auto"), recording.jobs()));

        assertThat(shadow.advice()).isFalse();
        assertThat(shadow.sentence()).contains("under auto alone").contains("under srpt");
    }

    @Test
    void onlyJobsAfterTheLastOneOfAnotherPolicyAreReplayed() {
        List<EndedJob> jobs = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            jobs.add(under("srpt", i));
        }
        for (int i = 5; i < 17; i++) {
            jobs.add(under("auto", i));
        }

        ShadowReport shadow = ShadowReplay.of(new ShadowRecording(1, 0, 100_000_000, policy("auto"), jobs));

        assertThat(shadow.replayed()).isEqualTo(12);
        assertThat(shadow.live()).isNotNull();
        assertThat(shadow.live().decided()).containsExactly("auto");
    }

    @Test
    void replayThatDiffersFromTheMeasurementGivesNoAdvice() {
        List<EndedJob> jobs = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            // Each took a second more than its work, for a reason that nobody recorded.
            EndedJob job = under("auto", i);
            jobs.add(new EndedJob(
                    job.id(),
                    Map.of(),
                    job.heardAtUs(),
                    job.readyAtUs(),
                    job.servedAtUs() + 1_000_000,
                    job.endedAtUs() + 1_000_000,
                    job.parallelism(),
                    job.coreSeconds(),
                    1,
                    true,
                    "auto",
                    TWO,
                    job.source()));
        }

        ShadowReport shadow = ShadowReplay.of(new ShadowRecording(1, 0, 100_000_000, policy("auto"), jobs));

        assertThat(shadow.advice()).isFalse();
        assertThat(shadow.sentence()).startsWith("no advice: the replay of auto has a mean of");
    }

    private static EndedJob under(String policy, int i) {
        long atUs = 1 + 2_000_000L * i;
        return new EndedJob(
                "job-" + i,
                Map.of(),
                atUs,
                atUs,
                atUs + 500_000,
                atUs + 500_000,
                JobDescriptor.UNLIMITED,
                0.5,
                1,
                true,
                policy,
                TWO,
                source(atUs, atUs, 0.5));
    }

    @Test
    void everyServingPolicyIsReplayedAndNoYardstick() {
        ShadowReport shadow = ShadowReplay.of(LiveRun.record(policy("auto"), TWO, FRAME_US, jobs(10)));

        assertThat(shadow.policies())
                .extracting(ShadowReport.Replayed::policy)
                .containsExactlyInAnyOrder(
                        "one-core-per-request",
                        "divide-and-conquer",
                        "one-request-at-a-time",
                        "gang",
                        "srpt",
                        "las",
                        "weighted-fair",
                        "edf",
                        "auto");
    }

    @Test
    void everyReplayIncludesTheTimeAfterTheLastChunk() {
        long second = 1_000_000;
        // Heard of at 1 s, first chunk at 3 s, two core-seconds on two cores, its end told half a second late.
        EndedJob job = new EndedJob(
                "slow-source",
                Map.of(),
                second,
                3 * second,
                4 * second,
                4_500_000,
                JobDescriptor.UNLIMITED,
                2,
                20,
                true,
                "auto",
                TWO,
                source(second, 3 * second, 2));

        ShadowReport shadow = ShadowReplay.of(new ShadowRecording(1, 0, 5 * second, policy("auto"), List.of(job)));

        assertThat(of(shadow, "divide-and-conquer").meanResponseS()).isCloseTo(3.5, within(0.1));
        assertThat(of(shadow, "one-core-per-request").meanResponseS()).isCloseTo(4.5, within(0.1));
    }

    @Test
    void aJobThatMayHoldOneWorkerHoldsOneInTheReplay() {
        EndedJob job = new EndedJob(
                "narrow", Map.of(), 1, 1, 2_000_001, 2_000_001, 1, 2, 20, true, "auto", TWO, source(1, 1, 2));

        ShadowReport shadow = ShadowReplay.of(new ShadowRecording(1, 0, 5_000_000, policy("auto"), List.of(job)));

        assertThat(of(shadow, "divide-and-conquer").meanResponseS()).isCloseTo(2, within(0.1));
    }

    @Test
    void aBudgetOfAFractionIsReplayedAsOne() {
        WorkerFleet half = new WorkerFleet(List.of(1, 1), 1500, DispatchEvent.SharesEnforced.LIMITS);
        EndedJob job = new EndedJob(
                "job",
                Map.of(),
                1,
                1,
                2_000_001,
                2_000_001,
                JobDescriptor.UNLIMITED,
                3,
                20,
                true,
                "auto",
                half,
                source(1, 1, 3));

        ShadowReport shadow = ShadowReplay.of(new ShadowRecording(1, 0, 5_000_000, policy("auto"), List.of(job)));

        assertThat(shadow.cores()).isEqualTo(1.5);
        assertThat(of(shadow, "divide-and-conquer").meanResponseS()).isCloseTo(2, within(0.1));
    }

    @ParameterizedTest
    @CsvSource({
        "divide-and-conquer, false",
        "one-request-at-a-time, false",
        "las, false",
        "divide-and-conquer, true",
        "auto, true"
    })
    void jobsThatHaveWorkersOfTheirOwnHaveThemInTheReplay(String ran, boolean spare) {
        // Three workers, so that three jobs at most are served at once, with less than one core each.
        WorkerFleet pool =
                new WorkerFleet(List.of(1, 1, 1), 1000.0 * CORES, new DispatchEvent.SharesEnforced(true, spare));
        ShadowRecording recording = LiveRun.record(policy(ran), pool, FRAME_US, jobs(150));

        ShadowReport shadow = ShadowReplay.of(recording);

        assertThat(shadow.cores()).isEqualTo(CORES);
        assertThat(of(shadow, ran).meanResponseS()).isCloseTo(mean(recording), within(TOLERANCE * mean(recording)));
    }

    @Test
    void withFewerWorkersThanJobsOnlySoManyAreServedAtOnce() {
        // Eight equal jobs at once, two workers: in pairs, one pair each second, and not all eight until the end.
        List<LiveRun.Submission> eight = Collections.nCopies(8, new LiveRun.Submission(1_000_000, 100));
        WorkerFleet pool = new WorkerFleet(List.of(1, 1), 2000, DispatchEvent.SharesEnforced.LIMITS);

        ShadowRecording recording = LiveRun.record(policy("divide-and-conquer"), pool, 1_000, eight);

        assertThat(mean(recording)).isCloseTo(2.5, within(0.1));
        assertThat(of(ShadowReplay.of(recording), "divide-and-conquer").meanResponseS())
                .isCloseTo(2.5, within(0.1));
    }

    @Test
    void aWorkerWithManyCoresRunsOneChunkAtATime() {
        // Two jobs of one chunk each on one worker with four cores.
        WorkerFleet pool = WorkerFleet.inTurns(List.of(4));
        List<EndedJob> jobs = List.of(oneChunk("a", pool), oneChunk("b", pool));

        ShadowReport shadow =
                ShadowReplay.of(new ShadowRecording(1, 0, 5_000_000, policy("one-request-at-a-time"), jobs));

        assertThat(shadow.cores()).isEqualTo(4);
        assertThat(of(shadow, "one-request-at-a-time").meanResponseS()).isCloseTo(1.5, within(0.01));
    }

    private static EndedJob oneChunk(String id, WorkerFleet pool) {
        return new EndedJob(
                id,
                Map.of(),
                1,
                1,
                2_000_001,
                2_000_001,
                JobDescriptor.UNLIMITED,
                4,
                1,
                true,
                "auto",
                pool,
                source(1, 1, 4));
    }

    @Test
    void onlyTheLatestJobsAreReplayed() {
        EndedJobHistory history = new EndedJobHistory();
        for (int i = 0; i < ShadowReplay.MOST_JOBS + 20; i++) {
            history.add(ended("job-" + i, i * 1_000_000L, 1));
        }

        ShadowReport shadow = ShadowReplay.of(history.last(1, ShadowReplay.MOST_JOBS * 1_000_000L, policy("auto")));

        assertThat(shadow.jobs()).isEqualTo(ShadowReplay.MOST_JOBS + 20);
        assertThat(shadow.replayed()).isEqualTo(ShadowReplay.MOST_JOBS);
    }

    @Test
    void withoutJobsThereIsNothingToCompare() {
        ShadowReport shadow = ShadowReplay.of(new EndedJobHistory().last(2, 0, policy("auto")));

        assertThat(shadow.live()).isNull();
        assertThat(shadow.policies()).isEmpty();
        assertThat(shadow.sentence())
                .isEqualTo("no job came and succeeded in the last 2 hours, so there is nothing to compare");
    }

    @Test
    void oldAndPartlyObservedJobsAreNotRecorded() {
        long hour = 3_600_000_000L;
        EndedJobHistory history = new EndedJobHistory();
        history.add(ended("old", 0, 1));
        history.add(ended("unmeasured", 30 * hour, 0));
        history.add(ended("before", 28 * hour, 1));
        history.add(ended("within", 30 * hour, 1));

        assertThat(history.last(1, 30 * hour + 1, policy("auto")).jobs())
                .extracting(EndedJob::id)
                .containsExactly("within");
        assertThat(history.last(48, 30 * hour + 1, policy("auto")).jobs())
                .extracting(EndedJob::id)
                .containsExactly("before", "within");
    }

    private static EndedJob ended(String id, long atUs, double coreSeconds) {
        return new EndedJob(
                id,
                Map.of(),
                atUs,
                atUs,
                atUs + 500_000,
                atUs + 500_000,
                JobDescriptor.UNLIMITED,
                coreSeconds,
                1,
                true,
                "auto",
                TWO,
                source(atUs, atUs, coreSeconds));
    }

    /** Of frames of 10 ms, counted when the job came and decoded at once. */
    private static EndedJob.Source source(long heardUs, long readyUs, double coreSeconds) {
        long frames = Math.max(1, Math.round(100 * coreSeconds));
        return new EndedJob.Source(
                "m", FrameFormat.UNKNOWN, frames, 0.01, List.of(new EndedJob.Known(heardUs, frames, false)), readyUs);
    }

    /** Random ones, at 70 % load. */
    private static List<LiveRun.Submission> jobs(int count) {
        Random random = new Random(3);
        List<LiveRun.Submission> jobs = new ArrayList<>();
        double atS = 1;
        for (int i = 0; i < count; i++) {
            // 1 to 39 chunks of 0.1 core-seconds: 2 on average.
            jobs.add(new LiveRun.Submission(Math.round(atS * 1e6), 1 + random.nextInt(39)));
            atS += -Math.log(1 - random.nextDouble()) * 2 / (0.7 * CORES);
        }
        return jobs;
    }

    private static ConfiguredPolicy policy(String name) {
        return Policies.installed().choose(name, Map.of());
    }

    private static double mean(ShadowRecording recording) {
        return recording.jobs().stream()
                .mapToDouble(EndedJob::responseS)
                .average()
                .orElseThrow();
    }

    private static ShadowReport.Replayed of(ShadowReport shadow, String policy) {
        return shadow.policies().stream()
                .filter(p -> p.policy().equals(policy))
                .findFirst()
                .orElseThrow();
    }
}
