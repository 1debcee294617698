package io.framequota.scheduler.controller.decide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** In which order things happen; the test moves the clock. */
class EventLoopTest {
    private static final long TICK = TimeUnit.MILLISECONDS.toNanos(200);

    private final List<String> done = new ArrayList<>();
    private long now = 1;
    private final EventLoop loop = new EventLoop(200, () -> done.add("tick"), () -> done.add("cycle"), () -> now);

    @Test
    void tasksRunInTheirOrderThenTheTickThenTheCycle() throws InterruptedException {
        loop.post(() -> done.add("a"));
        loop.post(() -> done.add("b"));
        loop.turn();

        assertThat(done).containsExactly("a", "b", "tick", "cycle");
    }

    @Test
    void allTasksBetweenTicksShareOneCycle() throws InterruptedException {
        loop.turn();
        done.clear();
        loop.post(() -> done.add("a"));
        loop.turn();
        now += TICK;
        loop.turn();

        assertThat(done).containsExactly("a", "cycle", "tick", "cycle");
    }

    @Test
    void jumpOfTheClockCausesOneTick() throws InterruptedException {
        loop.turn();
        done.clear();
        now += 1_000 * TICK;
        loop.turn();
        loop.post(() -> done.add("a"));
        loop.turn();

        assertThat(done).containsExactly("tick", "cycle", "a", "cycle");
    }

    @Test
    void waitingTasksRunBeforeATick() throws InterruptedException {
        loop.post(() -> loop.post(() -> done.add("late")));
        loop.turn();
        assertThat(done).as("something still waits").containsExactly("cycle");

        loop.turn();
        assertThat(done).containsExactly("cycle", "late", "tick", "cycle");
    }

    @Test
    void failingTaskStopsNoOther() throws InterruptedException {
        loop.post(() -> {
            throw new IllegalStateException("bad message");
        });
        loop.post(() -> done.add("b"));
        loop.turn();

        assertThat(done).startsWith("b");
    }

    @Test
    void postingIntoAClosedLoopDoesNotBlock() {
        loop.close();
        for (int i = 0; i < 70_000; i++) {
            loop.post(() -> {});
        }

        assertThat(loop.depth()).as("bounded").isLessThanOrEqualTo(65_536);
    }

    @Test
    void failureOfAQueryIsThrownToItsCaller() {
        loop.start();
        try {
            assertThatThrownBy(() -> loop.ask(() -> {
                        throw new IllegalArgumentException("no such policy");
                    }))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(loop.ask(() -> 7)).isEqualTo(7);
        } finally {
            loop.close();
        }
    }
}
