package io.framequota.scheduler.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.framequota.scheduler.dispatch.Event;
import io.framequota.scheduler.dispatch.FrameKind;
import io.framequota.scheduler.dispatch.JobSpec;
import io.framequota.scheduler.dispatch.Pool;
import io.framequota.scheduler.policy.Policies;
import io.framequota.scheduler.policy.Speedup;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Past jobs again: who is told what, and when. */
class PastTest {
    private static PastJob job(double heardS, List<PastJob.Known> known, double readyS, double decodedS, double costS) {
        return new PastJob(
                "m",
                FrameKind.UNKNOWN,
                Map.of(),
                JobSpec.UNLIMITED,
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
    void lengthsAndChunksAreToldWhenTheyWereKnown() {
        PastJob late = job(1, List.of(new PastJob.Known(1.5, 90, true), new PastJob.Known(3, 100, false)), 2, 3, 0);

        List<Coming> facts = Past.of(List.of(late), 1_000).facts();

        assertThat(facts.getFirst().atS()).isEqualTo(1);
        assertThat(facts.getFirst().fact())
                .isInstanceOfSatisfying(
                        Event.JobSubmitted.class,
                        f -> assertThat(f.job().spec().expectedFrames()).isZero());
        assertThat(facts.get(1).atS()).isEqualTo(1.5);
        assertThat(facts.get(1).fact()).isEqualTo(new Event.JobProbed("1", 90, true, FrameKind.UNKNOWN));
        List<Double> chunks = facts.stream()
                .filter(f -> f.fact() instanceof Event.ChunkReady)
                .map(Coming::atS)
                .toList();
        assertThat(chunks).hasSize(10).isSorted().startsWith(2.0).endsWith(3.0);
        assertThat(facts.getLast().fact()).isEqualTo(new Event.JobDecoded("1", 10));
    }

    @Test
    void aLengthThatWasKnownAtOnceComesWithTheJob() {
        List<Coming> facts = Past.of(List.of(job(1, List.of(new PastJob.Known(1, 100, false)), 1, 1, 0)), 1_000)
                .facts();

        assertThat(facts.getFirst().fact())
                .isInstanceOfSatisfying(
                        Event.JobSubmitted.class,
                        f -> assertThat(f.job().spec().expectedFrames()).isEqualTo(100));
        assertThat(facts).noneMatch(f -> f.fact() instanceof Event.JobProbed);
    }

    @Test
    void whatAFrameCostsIsKnownOnlyIfItWasMeasuredWhenTheFirstJobCame() {
        assertThat(Past.of(List.of(job(0, List.of(), 0, 0, 0), job(1, List.of(), 1, 1, 0.01)), 1_000)
                        .learnt())
                .isEmpty();
        assertThat(Past.of(List.of(job(0, List.of(), 0, 0, 0.02)), 1_000).learnt())
                .singleElement()
                .satisfies(l -> assertThat(l.coreSeconds() / l.frames()).isCloseTo(0.02, within(1e-9)));
    }

    @Test
    void aSlowSourceKeepsItsPaceUnderAnyPolicy() {
        PastJob slow = job(0, List.of(), 1, 6, 0.01);

        Outcome outcome = Simulator.again(
                List.of(slow),
                Policies.choose("divide-and-conquer", Map.of()),
                Pool.inTurns(List.of(1, 1)),
                Speedup.LINEAR,
                Map.of(),
                1_000);

        assertThat(outcome.meanResponseS()).isCloseTo(6.1, within(0.01));
    }

    @Test
    void moreChunksThanAllowedRunAsLongerOnes() {
        List<PastJob> jobs = List.of(job(0, List.of(), 0, 0, 0.01), job(0, List.of(), 0, 0, 0.01));

        assertThat(Past.of(jobs, 10).facts().stream().filter(f -> f.fact() instanceof Event.ChunkReady))
                .hasSize(10);
    }
}
