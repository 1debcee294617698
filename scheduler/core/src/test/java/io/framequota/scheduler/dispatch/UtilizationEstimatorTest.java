package io.framequota.scheduler.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Measured utilization of jobs and its effect on policies. A chunk takes one second. */
class UtilizationEstimatorTest {
    private static final int CHUNK_MS = 1_000;
    private static final int STEP_MS = 100;

    /** A job and the rate at which its source delivers chunks. */
    private static final class Feed {
        final String job;
        final int everyMs;
        int chunks;
        long nextMs;

        Feed(String job, int everyMs) {
            this.job = job;
            this.everyMs = everyMs;
        }
    }

    private final Bench bench = new Bench("auto");
    private final List<Feed> feeds = new ArrayList<>();
    private final Map<String, ArrayDeque<GrantRef>> held = new HashMap<>();
    private final Map<String, Long> endMs = new HashMap<>();

    @Test
    void slowSourcesAreServedSideBySide() {
        workers(2);
        submit("a", CHUNK_MS);
        pass(12_000);
        assertThat(model().cores()).as("a keeps one of two workers busy").isCloseTo(1, within(0.1));
        assertThat(millicores("a")).as("no other job needs the second worker").isEqualTo(2000);

        submit("b", CHUNK_MS);
        pass(STEP_MS);

        assertThat(millicores("a")).isCloseTo(1100, within(110.0));
        assertThat(millicores("b")).isEqualTo(2000 - millicores("a"));
        assertThat(bench.dispatcher.status().explanation().words()).contains("; measured: a request for m keeps ");
        pass(20_000);
        assertThat(millicores("b")).as("b keeps its share").isGreaterThan(800);
    }

    @Test
    void fullyDecodedRequestGetsAllCores() {
        workers(2);
        bench.on(new DispatchEvent.CostMeasured("m", 0.1));
        apply(bench.on(bench.job("long", 41)));
        pass(25_000);
        submit("a", STEP_MS);
        submit("b", STEP_MS);
        pass(8_000);

        assertThat(model().cores()).isInfinite();
        assertThat(millicores("a")).isEqualTo(2000);
        assertThat(millicores("b")).isZero();
        assertThat(bench.dispatcher.status().explanation().words()).doesNotContain("measured");
    }

    @Test
    void packetsAreNotLimitedByDecodersOfOthers() {
        workers(2);
        submit("a", CHUNK_MS);
        pass(12_000);
        assertThat(model().cores()).isFinite();

        for (String id : List.of("b", "c")) {
            JobDescriptor job = bench.descriptor(id);
            FrameFormat packets =
                    new FrameFormat(416, 416, FrameFormat.PACKETS, new FrameFormat.Decoded("h264", 1920, 1080, 1));
            apply(bench.on(new DispatchEvent.JobSubmitted(new BacklogJob(
                    new JobDescriptor(
                            id, job.arrival(), "m", Map.of(), 400, JobDescriptor.UNLIMITED, 0, false, packets),
                    40,
                    true,
                    Bench.chunks(id, 40),
                    0,
                    0))));
        }
        pass(STEP_MS);

        assertThat(millicores("b"))
                .as("both workers, although a keeps only one busy")
                .isEqualTo(2000);
        assertThat(bench.dispatcher.snapshot(bench.nowMs * 1000).jobs())
                .as("a forecast assumes the same")
                .extracting(DispatcherSnapshot.OpenJob::width)
                .containsExactly(1, JobDescriptor.UNLIMITED, JobDescriptor.UNLIMITED);
    }

    @Test
    void workerThatServesOthersIsNotCountedAsIdle() {
        workers(2);
        // The new job has both workers and chunks for both, and waits for the running chunk.
        submit("long", STEP_MS);
        pass(8_000);
        submit("short", STEP_MS);
        pass(8_000);

        assertThat(bench.dispatcher.status().models().getFirst().cores()).isInfinite();
    }

    @Test
    void fasterSourceIsNoticedWhenAWidthIsRetried() {
        workers(2);
        submit("a", CHUNK_MS);
        pass(12_000);
        submit("b", CHUNK_MS);
        pass(5_000);
        assertThat(model().cores()).isFinite();

        feeds.replaceAll(f -> {
            Feed fast = new Feed(f.job, STEP_MS);
            fast.chunks = f.chunks;
            return fast;
        });
        pass(140_000);

        assertThat(model().cores()).isInfinite();
        assertThat(millicores("b")).isZero();
    }

    @Test
    void nextLeaderRecallsUtilization() {
        workers(2);
        submit("a", CHUNK_MS);
        pass(12_000);
        List<ModelProfile> learnt = bench.dispatcher.modelProfiles();
        assertThat(bench.dispatcher.profileChanges()).isPositive();

        Bench next = new Bench("auto");
        next.on(new DispatchEvent.ProfilesRecalled(learnt), Bench.beat("w0"), Bench.beat("w1"));
        next.on(next.job("x", 9), next.job("y", 9));

        DispatcherStatus.ModelStatus recalled =
                next.dispatcher.status().models().getFirst();
        assertThat(recalled.cores()).isCloseTo(model().cores(), within(1e-9));
        assertThat(recalled.coreSecondsPerFrame()).isCloseTo(0.1, within(0.02));
        assertThat(next.dispatcher.status().jobs())
                .extracting(DispatcherStatus.JobShare::millicores)
                .allSatisfy(m -> assertThat(m).isGreaterThan(800));
    }

    private void workers(int count) {
        for (int i = 0; i < count; i++) {
            bench.on(Bench.beat("w" + i));
            held.put("w" + i, new ArrayDeque<>());
        }
    }

    /** A job that is being decoded. All jobs have the same length. */
    private void submit(String id, int everyMs) {
        JobDescriptor descriptor = bench.descriptor(id);
        feeds.add(new Feed(id, everyMs));
        apply(bench.on(new DispatchEvent.JobSubmitted(BacklogJob.submitted(
                new JobDescriptor(id, descriptor.arrival(), "m", Map.of(), 100_000, JobDescriptor.UNLIMITED)))));
    }

    /** Sources deliver chunks, at most four ahead; workers run one grant after the other. */
    private void pass(long ms) {
        for (long end = bench.nowMs + ms; bench.nowMs < end; ) {
            bench.nowMs += STEP_MS;
            List<DispatchEvent> events = new ArrayList<>();
            for (Feed feed : feeds) {
                if (feed.nextMs <= bench.nowMs && ready(feed.job) < 4) {
                    events.add(new DispatchEvent.ChunkReady(Bench.chunk(feed.job, feed.chunks++)));
                    feed.nextMs = bench.nowMs + feed.everyMs;
                }
            }
            held.forEach((worker, grants) -> {
                if (!grants.isEmpty() && endMs.getOrDefault(worker, 0L) <= bench.nowMs) {
                    GrantRef done = grants.poll();
                    events.add(Bench.finished(worker, done));
                    events.add(new DispatchEvent.ChunkCommitted(done.job(), done.chunk()));
                    if (!grants.isEmpty()) {
                        events.add(start(worker, grants.peek()));
                    }
                }
            });
            apply(bench.on(events.toArray(DispatchEvent[]::new)));
        }
    }

    private void apply(List<DispatchCommand> commands) {
        for (DispatchCommand command : commands) {
            if (command instanceof DispatchCommand.Grant grant) {
                ArrayDeque<GrantRef> grants = held.get(grant.worker());
                grants.add(VirtualWorker.ref(grant));
                if (grants.size() == 1) {
                    bench.on(start(grant.worker(), grants.peek()));
                }
            } else if (command instanceof DispatchCommand.Revoke(String worker, GrantRef grant)) {
                ArrayDeque<GrantRef> grants = held.get(worker);
                if (!grant.equals(grants.peek()) && grants.remove(grant)) {
                    apply(bench.on(Bench.revoked(worker, grant)));
                }
            }
        }
    }

    private DispatchEvent start(String worker, GrantRef grant) {
        endMs.put(worker, bench.nowMs + CHUNK_MS);
        return Bench.started(worker, grant);
    }

    private int ready(String job) {
        return bench.dispatcher.status().jobs().stream()
                .filter(j -> j.job().equals(job))
                .mapToInt(DispatcherStatus.JobShare::ready)
                .sum();
    }

    private double millicores(String job) {
        return bench.dispatcher.status().jobs().stream()
                .filter(j -> j.job().equals(job))
                .mapToDouble(DispatcherStatus.JobShare::millicores)
                .sum();
    }

    private DispatcherStatus.ModelStatus model() {
        return bench.dispatcher.status().models().getFirst();
    }
}
