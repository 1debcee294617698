package io.framequota.lab.burner;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ForkJoinWorkTest {
    private final BlockingQueue<Long> ended = new LinkedBlockingQueue<>();
    private final ForkJoinWork work = new ForkJoinWork(ended::add);

    @Test
    void aJobEndsOnceWhateverItsThreads() throws InterruptedException {
        work.begin(7, 50, 3, 0);

        assertThat(ended.poll(20, TimeUnit.SECONDS)).isEqualTo(7);
        assertThat(ended.poll(50, TimeUnit.MILLISECONDS)).isNull();
    }

    @Test
    void theNextJobFollowsWithOtherThreads() throws InterruptedException {
        work.begin(1, 20, 2, 0);
        assertThat(ended.poll(20, TimeUnit.SECONDS)).isEqualTo(1);

        work.begin(2, 20, 1, 0);
        work.setThreads(4, 0);

        assertThat(ended.poll(20, TimeUnit.SECONDS)).isEqualTo(2);
    }

    @Test
    void aSerialPartEndsTooWhateverItsThreadsAndWhateverChangesMeanwhile() throws InterruptedException {
        for (int serial : new int[] {1, 200, 999, 1000}) {
            work.begin(serial, 2_000, 3, serial);
            work.setThreads(1, serial);
            work.setThreads(2, serial / 2);

            assertThat(ended.poll(20, TimeUnit.SECONDS)).isEqualTo(serial);
        }
    }

    @Test
    void theSerialPartIsDoneByOneThreadWhileTheOthersWait() throws InterruptedException {
        AtomicInteger working = new AtomicInteger();
        AtomicInteger aloneUnits = new AtomicInteger();
        AtomicInteger together = new AtomicInteger();
        AtomicInteger disturbed = new AtomicInteger();
        ForkJoinWork counting = new ForkJoinWork(ended::add, units -> {
            int others = working.incrementAndGet() - 1;
            // What one thread takes of the serial part is far more than it takes of the rest at once.
            boolean alone = units > 100;
            WorkUnit.units(units);
            aloneUnits.addAndGet(alone ? units : 0);
            together.addAndGet(alone ? 0 : others);
            disturbed.addAndGet(alone && (others > 0 || working.get() > 1) ? 1 : 0);
            working.decrementAndGet();
        });

        counting.begin(1, 10 * 640, 2, 500);

        assertThat(ended.poll(20, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(aloneUnits).hasValue(10 * 320);
        assertThat(disturbed).hasValue(0);
        assertThat(together).as("the rest is done by both").hasPositiveValue();
    }

    @Test
    void aJobThatIsWidenedHasASerialPartFromThenOn() throws InterruptedException {
        AtomicInteger aloneUnits = new AtomicInteger();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch widened = new CountDownLatch(1);
        ForkJoinWork counting = new ForkJoinWork(ended::add, units -> {
            begun.countDown();
            try {
                widened.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            aloneUnits.addAndGet(units > 100 ? units : 0);
        });

        counting.begin(1, 8 + 10 * 640, 1, 0);
        begun.await();
        counting.setThreads(2, 500);
        widened.countDown();

        assertThat(ended.poll(20, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(aloneUnits).hasValue(10 * 320);
    }

    @Test
    void aUnitCostsMoreThanNothing() {
        assertThat(WorkUnit.unitNanos()).isPositive();
    }
}
