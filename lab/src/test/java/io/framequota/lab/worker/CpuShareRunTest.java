package io.framequota.lab.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.scheduler.policy.Policies;
import io.framequota.scheduler.policy.Speedup;
import io.framequota.scheduler.quota.LimitStore;
import io.framequota.scheduler.quota.WriteOutcome;
import io.framequota.scheduler.simulator.Arrival;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CpuShareRunTest {
    /** What the two writes of every decision take, in nanoseconds. */
    private static final long WRITE = 2000;

    private final AtomicLong clock = new AtomicLong(1);

    @Test
    void aShareIsTakenOverWhenItIsInForceAlsoWhereTheBeginningIsHeardLater() throws InterruptedException {
        FakeWorker first = new FakeWorker("first");
        FakeWorker second = new FakeWorker("second");
        LinkedBlockingQueue<WorkerEvent> events = new LinkedBlockingQueue<>(List.of(
                new WorkerEvent.Began(first, 1, 2100),
                new WorkerEvent.Ended(first, 1, 3000),
                // Began before the other's end, heard after the share that follows from it was written.
                new WorkerEvent.Began(second, 2, 2200),
                new WorkerEvent.Ended(second, 2, 9000)));

        RunRecorder recorder = new CpuShareRun(
                        equalShares(),
                        new Slow(),
                        0,
                        List.of(new WorkerAssignment(first), new WorkerAssignment(second)),
                        events,
                        clock::get,
                        1)
                .run();

        long secondWrite = 1 + 2 * WRITE;
        assertThat(recorder.handoverMs()).isEqualTo((secondWrite - 3000) / 1e6);
        assertThat(recorder.startS()).isEqualTo((2100 - 1) / 1e9);
    }

    private static ScaledExperiment equalShares() {
        return new ScaledExperiment(
                Policies.installed().choose("divide-and-conquer", Map.of()),
                2,
                2000,
                2,
                Speedup.LINEAR,
                100_000_000,
                List.of(new Arrival(1, 0, 1, Map.of()), new Arrival(2, 0, 1, Map.of())));
    }

    /** Brings everything into force at once, and takes its time: two writes after every decision here. */
    private final class Slow implements LimitStore<String> {
        @Override
        public OptionalDouble inForce(String worker) {
            return OptionalDouble.of(10);
        }

        @Override
        public Optional<WriteOutcome> write(String worker, double millicores) {
            clock.addAndGet(WRITE / 2);
            return Optional.of(new WriteOutcome.Applied(millicores));
        }
    }
}
