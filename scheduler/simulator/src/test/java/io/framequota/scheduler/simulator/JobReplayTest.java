package io.framequota.scheduler.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.framequota.scheduler.dispatch.DispatchEvent;
import io.framequota.scheduler.dispatch.FrameFormat;
import io.framequota.scheduler.dispatch.JobDescriptor;
import io.framequota.scheduler.dispatch.WorkerFleet;
import io.framequota.scheduler.policy.Policies;
import io.framequota.scheduler.policy.Speedup;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Events and their times when past jobs are replayed. */
class JobReplayTest {
    private static RecordedJob job(
            double heardS, List<RecordedJob.Known> known, double readyS, double decodedS, double costS) {
        return new RecordedJob(
                "m",
                FrameFormat.UNKNOWN,
                Map.of(),
                JobDescriptor.UNLIMITED,
                heardS,
                known,
                readyS,
                decodedS,
                100,
                10,
                1,
                costS);
    }

    @Test
    void lengthsAndChunksArriveWhenTheyWereKnown() {
        RecordedJob late =
                job(1, List.of(new RecordedJob.Known(1.5, 90, true), new RecordedJob.Known(3, 100, false)), 2, 3, 0);

        List<TimedJobEvent> facts = JobReplay.of(List.of(late), 1_000).events();

        assertThat(facts.getFirst().atS()).isEqualTo(1);
        assertThat(facts.getFirst().event())
                .isInstanceOfSatisfying(
                        DispatchEvent.JobSubmitted.class,
                        f -> assertThat(f.job().descriptor().expectedFrames()).isZero());
        assertThat(facts.get(1).atS()).isEqualTo(1.5);
        assertThat(facts.get(1).event()).isEqualTo(new DispatchEvent.JobProbed("1", 90, true, FrameFormat.UNKNOWN));
        List<Double> chunks = facts.stream()
                .filter(f -> f.event() instanceof DispatchEvent.ChunkReady)
                .map(TimedJobEvent::atS)
                .toList();
        assertThat(chunks).hasSize(10).isSorted().startsWith(2.0).endsWith(3.0);
        assertThat(facts.getLast().event()).isEqualTo(new DispatchEvent.JobDecoded("1", 10));
    }

    @Test
    void lengthKnownAtArrivalComesWithTheJob() {
        List<TimedJobEvent> facts = JobReplay.of(
                        List.of(job(1, List.of(new RecordedJob.Known(1, 100, false)), 1, 1, 0)), 1_000)
                .events();

        assertThat(facts.getFirst().event())
                .isInstanceOfSatisfying(
                        DispatchEvent.JobSubmitted.class,
                        f -> assertThat(f.job().descriptor().expectedFrames()).isEqualTo(100));
        assertThat(facts).noneMatch(f -> f.event() instanceof DispatchEvent.JobProbed);
    }

    @Test
    void costIsKnownOnlyIfMeasuredBeforeTheFirstJob() {
        assertThat(JobReplay.of(List.of(job(0, List.of(), 0, 0, 0), job(1, List.of(), 1, 1, 0.01)), 1_000)
                        .profiles())
                .isEmpty();
        assertThat(JobReplay.of(List.of(job(0, List.of(), 0, 0, 0.02)), 1_000).profiles())
                .singleElement()
                .satisfies(l -> assertThat(l.coreSeconds() / l.frames()).isCloseTo(0.02, within(1e-9)));
    }

    @Test
    void slowSourceKeepsItsPaceUnderAnyPolicy() {
        RecordedJob slow = job(0, List.of(), 1, 6, 0.01);

        SimulationResult outcome = Simulator.replay(
                List.of(slow),
                Policies.installed().choose("divide-and-conquer", Map.of()),
                WorkerFleet.inTurns(List.of(1, 1)),
                Speedup.LINEAR,
                Map.of(),
                1_000);

        assertThat(outcome.meanResponseS()).isCloseTo(6.1, within(0.01));
    }

    /** A second of work: alone on one core, on a core of which streams held half, and under limits on two such cores. */
    @Test
    void whatStreamsHeldIsMissingInAReplay() {
        assertThat(replayed(WorkerFleet.inTurns(List.of(1)))).isCloseTo(1, within(1e-6));
        assertThat(replayed(new WorkerFleet(List.of(1), 500, DispatchEvent.SharesEnforced.NOT, List.of(500))))
                .isCloseTo(2, within(1e-6));
        assertThat(replayed(
                        new WorkerFleet(List.of(1, 1), 1000, DispatchEvent.SharesEnforced.LIMITS, List.of(500, 500))))
                .isCloseTo(1, within(1e-6));
    }

    private static double replayed(WorkerFleet fleet) {
        return Simulator.replay(
                        List.of(job(0, List.of(), 0, 0, 0.01)),
                        Policies.installed().choose("one-request-at-a-time", Map.of()),
                        fleet,
                        Speedup.LINEAR,
                        Map.of(),
                        1_000)
                .meanResponseS();
    }

    @Test
    void tooManyChunksAreCombined() {
        List<RecordedJob> jobs = List.of(job(0, List.of(), 0, 0, 0.01), job(0, List.of(), 0, 0, 0.01));

        assertThat(JobReplay.of(jobs, 10).events().stream().filter(f -> f.event() instanceof DispatchEvent.ChunkReady))
                .hasSize(10);
    }
}
