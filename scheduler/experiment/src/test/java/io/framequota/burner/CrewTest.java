package io.framequota.burner;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CrewTest {
    private final BlockingQueue<Long> ended = new LinkedBlockingQueue<>();
    private final Crew crew = new Crew(ended::add);

    @Test
    void aJobEndsOnceWhateverItsThreads() throws InterruptedException {
        crew.begin(7, 50, 3);

        assertThat(ended.poll(20, TimeUnit.SECONDS)).isEqualTo(7);
        assertThat(ended.poll(50, TimeUnit.MILLISECONDS)).isNull();
    }

    @Test
    void theNextJobFollowsWithOtherThreads() throws InterruptedException {
        crew.begin(1, 20, 2);
        assertThat(ended.poll(20, TimeUnit.SECONDS)).isEqualTo(1);

        crew.begin(2, 20, 1);
        crew.wish(4);

        assertThat(ended.poll(20, TimeUnit.SECONDS)).isEqualTo(2);
    }

    @Test
    void aUnitCostsMoreThanNothing() {
        assertThat(Work.unitNanos()).isPositive();
    }
}
