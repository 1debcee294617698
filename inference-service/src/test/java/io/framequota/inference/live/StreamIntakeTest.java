package io.framequota.inference.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.framequota.inference.intake.LivePackets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class StreamIntakeTest {
    private final StreamRun run = StreamRunTest.run(
            "a",
            new WaitingFrames(Duration.ofMinutes(1)),
            () -> {
                throw new AssertionError();
            },
            new ArrayList<>());
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger polls = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();
    /** One for each connection that may be made. */
    private final Semaphore connect = new Semaphore(0);

    @Test
    void whatFailsIsTheStreamsFailureAndIsTriedAgain() {
        try (StreamIntake intake = new StreamIntake(this::connection)) {
            intake.streams(List.of(run));
            intake.start();

            connect.release();
            await().until(() -> connections.get() == 1);
            await().until(() ->
                    run.report().getFailure().equals("packets of streams cannot be read: no such host: broker"));

            connect.release();
            await().until(() -> run.report().getFailure().equals("internal error while packets of streams were read"));
            assertThat(closed).as("a reader that failed is not used again").hasValue(1);

            connect.release();
            await().until(() -> polls.get() > 3);
            await().until(() -> run.report().getFailure().isEmpty());
            assertThat(connections).hasValue(3);
        }
    }

    private LivePackets connection() {
        connect.acquireUninterruptibly();
        int number = connections.incrementAndGet();
        if (number == 1) {
            throw new IllegalStateException("no reader", new IllegalArgumentException("no such host: broker"));
        }
        return new Connection(number == 2);
    }

    private final class Connection implements LivePackets {
        private final boolean broken;

        Connection(boolean broken) {
            this.broken = broken;
        }

        @Override
        public void follow(String job, int partition, long firstOffset) {
            assertThat(job).isEqualTo("a");
        }

        @Override
        public void unfollow(String job) {}

        @Override
        public void poll(Duration wait, Sink sink) throws InterruptedException {
            if (broken) {
                throw new LinkageError("no library");
            }
            polls.incrementAndGet();
            Thread.sleep(1);
        }

        @Override
        public void close() {
            closed.incrementAndGet();
        }
    }
}
