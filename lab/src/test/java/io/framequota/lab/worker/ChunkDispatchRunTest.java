package io.framequota.lab.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.lab.experiment.Run;
import io.framequota.lab.experiment.RunFailedException;
import io.framequota.scheduler.policy.Policies;
import io.framequota.scheduler.policy.Speedup;
import io.framequota.scheduler.simulator.Arrival;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Chunks on two workers of one core each, in virtual time. */
class ChunkDispatchRunTest {
    private static final long CHUNK_NANOS = 20_000_000;
    private static final double CHUNK_S = CHUNK_NANOS / 1e9;

    private final VirtualTime time = new VirtualTime();
    private final List<String> started = new ArrayList<>();
    private boolean failing;

    @Test
    void runsTheChunksOfAJobOnAllWorkers() throws InterruptedException {
        RunRecorder recorder = run("one-request-at-a-time", List.of(new Arrival(1, 0, 4 * CHUNK_S, Map.of())));

        assertThat(started).containsExactlyInAnyOrder("a 1", "b 1", "a 1", "b 1");
        assertThat(recorder.jobs()).extracting(Run.JobRun::endS).containsExactly(2 * CHUNK_S);
        assertThat(recorder.changes()).extracting(Run.Change::millicores).contains(1000.0, 2000.0, 0.0);
        // The second chunk of each worker waited there.
        assertThat(recorder.handoverMs()).isZero();
    }

    @Test
    void givesEachWorkerAJobUnderOneCorePerRequest() throws InterruptedException {
        RunRecorder recorder = run(
                "one-core-per-request",
                List.of(new Arrival(1, 0, 2 * CHUNK_S, Map.of()), new Arrival(2, 0, 2 * CHUNK_S, Map.of())));

        assertThat(recorder.jobs()).extracting(Run.JobRun::endS).containsExactly(2 * CHUNK_S, 2 * CHUNK_S);
        assertThat(recorder.changes()).extracting(Run.Change::millicores).doesNotContain(2000.0);
    }

    @Test
    void forecastsAJobThatArrivesAfterTheFirstChunkWasMeasured() throws InterruptedException {
        RunRecorder recorder = run(
                "one-request-at-a-time",
                List.of(
                        new Arrival(1, 0, 4 * CHUNK_S, Map.of()),
                        new Arrival(2, 1.5 * CHUNK_S, 2 * CHUNK_S, Map.of())));

        assertThat(recorder.jobs().getFirst().forecast()).isEmpty();
        Run.JobRun second = recorder.jobs().getLast();
        assertThat(second.forecast().orElseThrow().responseS()).isBetween(CHUNK_S, 3 * CHUNK_S);
        assertThat(second.responseS()).isBetween(CHUNK_S, 2 * CHUNK_S);
    }

    @Test
    void countsAJobThatThePolicyRefuses() throws InterruptedException {
        RunRecorder recorder = run(
                "edf",
                List.of(
                        new Arrival(1, 0, 2 * CHUNK_S, Map.of("deadline", "10")),
                        new Arrival(2, 1.5 * CHUNK_S, 2 * CHUNK_S, Map.of("deadline", "0.001"))));

        assertThat(recorder.refusals()).isEqualTo(1);
        assertThat(recorder.jobs()).extracting(Run.JobRun::id).containsExactly(1L);
    }

    @Test
    void failsWithAWorker() {
        failing = true;

        assertThatThrownBy(() -> run("srpt", List.of(new Arrival(1, 0, 1, Map.of()))))
                .isInstanceOf(RunFailedException.class)
                .hasMessageEndingWith(" has ended");
    }

    private RunRecorder run(String policy, List<Arrival> arrivals) throws InterruptedException {
        ScaledExperiment experiment = new ScaledExperiment(
                Policies.installed().choose(policy, Map.of()), 2, 2000, 2, Speedup.LINEAR, 100_000_000, arrivals);
        return new ChunkDispatchRun(
                        experiment,
                        CHUNK_S,
                        1000,
                        List.of(new WorkerAssignment(worker("a")), new WorkerAssignment(worker("b"))),
                        time,
                        () -> time.nanos,
                        0)
                .run();
    }

    private FakeWorker worker(String name) {
        FakeWorker[] self = new FakeWorker[1];
        self[0] = new FakeWorker(name, job -> {
            started.add(name + " " + job);
            time.add(new WorkerEvent.Began(self[0], job, time.nanos));
            time.add(
                    failing
                            ? new WorkerEvent.Failed(self[0], name + " has ended")
                            : new WorkerEvent.Ended(self[0], job, time.nanos + CHUNK_NANOS));
        });
        return self[0];
    }

    /** Events are taken in order of their times, and taking one or waiting in vain lets time pass. */
    private static final class VirtualTime extends LinkedBlockingQueue<WorkerEvent> {
        private final PriorityQueue<WorkerEvent> due =
                new PriorityQueue<>(Comparator.comparingLong(VirtualTime::nanosOf));
        private long nanos;

        @Override
        public boolean add(WorkerEvent event) {
            return due.add(event);
        }

        @Override
        public @Nullable WorkerEvent poll(long timeout, TimeUnit unit) {
            long end = nanos + unit.toNanos(timeout);
            WorkerEvent next = due.peek();
            if (next == null || nanosOf(next) > end) {
                nanos = end;
                return null;
            }
            nanos = Math.max(nanos, nanosOf(next));
            return due.remove();
        }

        private static long nanosOf(WorkerEvent event) {
            return switch (event) {
                case WorkerEvent.Began began -> began.nanos();
                case WorkerEvent.Ended ended -> ended.nanos();
                case WorkerEvent.Holds holds -> holds.nanos();
                case WorkerEvent.Failed ignored -> 0;
            };
        }
    }
}
