package io.framequota.scheduler.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.framequota.scheduler.dispatch.BacklogJob;
import io.framequota.scheduler.dispatch.ChunkSpec;
import io.framequota.scheduler.dispatch.DecisionLog;
import io.framequota.scheduler.dispatch.DispatchCommand;
import io.framequota.scheduler.dispatch.DispatchEvent;
import io.framequota.scheduler.dispatch.Dispatcher;
import io.framequota.scheduler.dispatch.DispatcherSettings;
import io.framequota.scheduler.dispatch.DispatcherSnapshot;
import io.framequota.scheduler.dispatch.GrantRef;
import io.framequota.scheduler.dispatch.JobDescriptor;
import io.framequota.scheduler.dispatch.ModelProfile;
import io.framequota.scheduler.dispatch.WorkerId;
import io.framequota.scheduler.dispatch.WorkerInfo;
import io.framequota.scheduler.policy.Policies;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Projections of a running dispatcher with two workers, frames of 10 ms and chunks of 10 frames. */
class BacklogProjectionTest {
    private static final double FRAME_S = 0.01;
    private static final int CHUNK = 10;
    private static final double CHUNK_S = CHUNK * FRAME_S;

    private Dispatcher dispatcher;
    private long nowUs = 1_000_000_000L;
    private long arrivals;

    private void policy(String name, Map<String, String> parameters) {
        dispatcher = new Dispatcher(
                1,
                Policies.installed().choose(name, parameters),
                DispatcherSettings.capped(DispatcherSettings.UNCAPPED),
                new DecisionLog(10));
        dispatcher.observe(new DispatchEvent.CostMeasured("m", FRAME_S), nowUs);
        for (int i = 0; i < 2; i++) {
            dispatcher.observe(
                    new DispatchEvent.Heartbeat(
                            new WorkerId("worker-" + i, "w"),
                            1,
                            new WorkerInfo(true, 1, Set.of("m"), "", ""),
                            null,
                            null),
                    nowUs);
        }
    }

    private void decoded(String id, int chunks) {
        List<ChunkSpec> open = IntStream.range(0, chunks)
                .mapToObj(i -> new ChunkSpec(id, i, (long) i * CHUNK, CHUNK, 0, i, i, 1))
                .toList();
        submit(new BacklogJob(descriptor(id, chunks * CHUNK, Map.of()), chunks, true, open, 0, 0));
    }

    private void waiting(String id, int frames, Map<String, String> labels) {
        submit(BacklogJob.submitted(descriptor(id, frames, labels)));
    }

    private JobDescriptor descriptor(String id, int frames, Map<String, String> labels) {
        return new JobDescriptor(id, ++arrivals, "m", labels, frames, JobDescriptor.UNLIMITED, nowUs);
    }

    private void submit(BacklogJob state) {
        dispatcher.observe(new DispatchEvent.JobSubmitted(state), nowUs);
    }

    private Map<String, BacklogProjection.End> projected(double firstChunkS) {
        dispatcher.decide(nowUs);
        return byJob(BacklogProjection.of(dispatcher.snapshot(nowUs), firstChunkS));
    }

    private static Map<String, BacklogProjection.End> byJob(BacklogProjection projection) {
        return projection.ends().stream()
                .collect(java.util.stream.Collectors.toMap(BacklogProjection.End::job, e -> e));
    }

    @Test
    void oneAtATimeEndsJobsOneAfterTheOther() {
        policy("one-request-at-a-time", Map.of());
        decoded("a", 20);
        decoded("b", 10);

        Map<String, BacklogProjection.End> ends = projected(0);

        assertThat(ends.get("a").endS()).isCloseTo(1.0, within(CHUNK_S));
        assertThat(ends.get("b").endS()).isCloseTo(1.5, within(CHUNK_S));
        assertThat(ends.get("a").startS()).isZero();
        assertThat(ends.get("b").startS()).isCloseTo(1.0, within(CHUNK_S));
    }

    @Test
    void shortestFirstAppliesBeforeDecoding() {
        policy("srpt", Map.of());
        waiting("long", 400, Map.of());
        waiting("short", 100, Map.of());

        Map<String, BacklogProjection.End> ends = projected(0.2);

        assertThat(ends.get("short").endS()).isCloseTo(0.7, within(2 * CHUNK_S));
        assertThat(ends.get("long").endS()).isCloseTo(2.7, within(2 * CHUNK_S));
    }

    @Test
    void hopelessJobIsRefusedBeforeItsFirstChunk() {
        policy("edf", Map.of());
        dispatcher.observe(
                new DispatchEvent.ProfilesRecalled(List.of(new ModelProfile("m", 1_000 * FRAME_S, 1_000, List.of()))),
                nowUs);
        dispatcher.decide(nowUs);
        DispatcherSnapshot late = dispatcher.snapshot(nowUs).with(descriptor("late", 400, Map.of("deadline", "1")));

        assertThat(byJob(BacklogProjection.of(late, 0.2)).get("late").refused()).isTrue();
        DispatcherSnapshot intime = dispatcher.snapshot(nowUs).with(descriptor("intime", 400, Map.of("deadline", "9")));
        assertThat(byJob(BacklogProjection.of(intime, 0.2)).get("intime").refused())
                .isFalse();
    }

    @Test
    void heldChunksContinueWhereTheyAre() {
        policy("one-core-per-request", Map.of());
        decoded("a", 1);
        List<DispatchCommand> commands = dispatcher.decide(nowUs);
        GrantRef ref = new GrantRef("a", 0, ((DispatchCommand.Grant) commands.getFirst()).attempt());
        String worker = ((DispatchCommand.Grant) commands.getFirst()).worker();
        dispatcher.observe(new DispatchEvent.Started(new WorkerId(worker, "w"), 1, ref, nowUs), nowUs);
        nowUs += 60_000;

        BacklogProjection.End end = projected(0).get("a");

        assertThat(end.startS()).isZero();
        assertThat(end.endS()).isCloseTo(0.04, within(0.001));
    }

    @Test
    void additionalJobComesAfterThePresentOnes() {
        policy("one-request-at-a-time", Map.of());
        decoded("a", 20);
        dispatcher.decide(nowUs);
        DispatcherSnapshot present = dispatcher.snapshot(nowUs).with(descriptor("new", 100, Map.of()));

        Map<String, BacklogProjection.End> ends = byJob(BacklogProjection.of(present, 0));

        assertThat(ends.get("new").endS()).isCloseTo(1.5, within(CHUNK_S));
    }

    @Test
    void refusedJobIsMarked() {
        policy("edf", Map.of());
        decoded("a", 40);
        dispatcher.decide(nowUs);
        DispatcherSnapshot late = dispatcher.snapshot(nowUs).with(descriptor("late", 400, Map.of("deadline", "1.5")));
        DispatcherSnapshot early = dispatcher.snapshot(nowUs).with(descriptor("early", 100, Map.of("deadline", "1.5")));

        assertThat(byJob(BacklogProjection.of(late, 0)).get("late").refused()).isTrue();
        assertThat(byJob(BacklogProjection.of(early, 0)).get("early").refused()).isFalse();
    }

    @Test
    void jobWithoutItsModelNeverEnds() {
        policy("one-request-at-a-time", Map.of());
        dispatcher.observe(new DispatchEvent.CostMeasured("other", FRAME_S), nowUs);
        submit(BacklogJob.submitted(new JobDescriptor("x", 9, "other", Map.of(), 100, JobDescriptor.UNLIMITED, nowUs)));
        decoded("a", 2);

        Map<String, BacklogProjection.End> ends = projected(0);

        assertThat(ends.get("x").endS()).isInfinite();
        assertThat(ends.get("a").endS()).isCloseTo(CHUNK_S, within(1e-6));
    }

    @Test
    void jobOfUnknownLengthDelaysTheOnesBehindIt() {
        policy("one-request-at-a-time", Map.of());
        waiting("unknown", 0, Map.of());
        decoded("a", 10);

        Map<String, BacklogProjection.End> ends = projected(0);

        assertThat(ends.get("a").endS()).isGreaterThanOrEqualTo(0.5);
    }

    @Test
    void thousandsOfJobsTakeBoundedWork() {
        policy("one-request-at-a-time", Map.of());
        for (int i = 0; i < 10_000; i++) {
            waiting("j" + i, 100, Map.of());
        }
        dispatcher.decide(nowUs);

        BacklogProjection projection = BacklogProjection.of(dispatcher.snapshot(nowUs), 0);

        assertThat(projection.simulated()).isEqualTo(BacklogProjection.MOST_JOBS);
        assertThat(projection.ends()).hasSize(10_000);
        BacklogProjection.End last = projection.ends().getLast();
        assertThat(last.simulated()).isFalse();
        assertThat(last.endS()).isCloseTo(5_000, within(5.0));
        for (int i = 1; i < 10_000; i++) {
            assertThat(projection.ends().get(i).endS())
                    .isGreaterThanOrEqualTo(projection.ends().get(i - 1).endS() - 1);
        }
    }
}
