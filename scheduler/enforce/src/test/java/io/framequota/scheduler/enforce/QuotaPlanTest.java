package io.framequota.scheduler.enforce;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.scheduler.enforce.QuotaPlan.Write;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class QuotaPlanTest {
    private static final long PERIOD = 100;
    private final QuotaPlan plan = new QuotaPlan(1000, PERIOD);

    @BeforeEach
    void twoWorkers() {
        plan.opened("a", 10);
        plan.opened("b", 10);
    }

    @Test
    void whenAJobHasEndedTheNextIsRaisedBeforeTheEndedOneIsLowered() {
        plan.want("a", 1000, true);
        plan.due(0);

        plan.want("a", 10, false);
        plan.want("b", 1000, true);

        assertThat(plan.due(500)).containsExactly(new Write("b", 1000), new Write("a", 10));
    }

    @Test
    void whenARunningWorkerIsPreemptedItIsLoweredFirst() {
        plan.want("a", 1000, true);
        plan.due(0);

        plan.want("a", 10, true);
        plan.want("b", 990, true);

        assertThat(plan.due(500)).containsExactly(new Write("a", 10), new Write("b", 990));
    }

    @Test
    void aGroupIsWrittenOnceAPeriodAndAPreemptingRaiseWaitsForItsRoom() {
        plan.want("a", 1000, true);
        plan.due(0);
        plan.want("a", 500, true);
        plan.want("b", 500, true);

        assertThat(plan.due(40)).isEmpty();
        assertThat(plan.nextDue(40)).hasValue(PERIOD);
        assertThat(plan.due(PERIOD)).containsExactly(new Write("a", 500), new Write("b", 500));
        assertThat(plan.nextDue(PERIOD)).isEmpty();
    }

    @Test
    void aRaiseWhoseAnswerIsLostCountsAndIsWrittenAgain() {
        plan.want("a", 600, true);
        plan.due(0);
        plan.unanswered("a", 10, 500);
        plan.want("b", 500, true);

        assertThat(plan.due(200)).isEmpty();
        assertThat(plan.nextDue(200)).hasValue(500);
        assertThat(plan.due(500)).containsExactly(new Write("a", 600));
        plan.want("a", 500, true);
        assertThat(plan.due(600)).containsExactly(new Write("a", 500), new Write("b", 500));
        assertThat(plan.nextDue(600)).isEmpty();
    }

    @Test
    void aRaiseWhoseAnswerIsLostIsTakenBackAlsoWhenWhatWasBeforeIsWantedAgain() {
        plan.want("a", 600, true);
        plan.due(0);
        plan.unanswered("a", 10, 500);
        plan.want("a", 10, false);

        assertThat(plan.due(500)).containsExactly(new Write("a", 10));
        assertThat(plan.inForce("a")).isEqualTo(10);
        assertThat(plan.due(1000)).isEmpty();
    }

    @Test
    void aRaiseDoesNotWaitForTheLoweringOfAnIdleWorker() {
        plan.want("a", 1000, true);
        plan.due(0);
        plan.want("a", 10, false);
        plan.want("b", 1000, true);

        assertThat(plan.due(10)).containsExactly(new Write("b", 1000));
        assertThat(plan.due(PERIOD)).containsExactly(new Write("a", 10));
    }

    @Test
    void onlyTheLastOfSeveralWishesWithinAPeriodIsWritten() {
        plan.want("a", 100, true);
        plan.due(0);
        for (int milli : List.of(200, 300, 400)) {
            plan.want("a", milli, true);
            assertThat(plan.due(50)).isEmpty();
        }

        assertThat(plan.due(PERIOD)).containsExactly(new Write("a", 400));
        assertThat(plan.inForce("a")).isEqualTo(400);
    }

    @Test
    void aWishThatIsInForceAlreadyIsNotWritten() {
        plan.want("a", 10, true);

        assertThat(plan.due(0)).isEmpty();
    }

    @Test
    void aPreemptedWorkerKeepsItsTenMillicoresBesideTheBudget() {
        plan.want("a", 1000, true);
        plan.due(0);
        plan.want("a", 10, true);
        plan.want("b", 1000, true);

        assertThat(plan.due(PERIOD)).containsExactly(new Write("a", 10), new Write("b", 1000));
    }

    @Test
    void aWriteThatIsOnlyTakenLaterCountsAsTheLargerOfOldAndNew() {
        plan.want("a", 600, true);
        plan.due(0);
        plan.want("a", 200, true);
        plan.want("b", 800, true);
        plan.due(PERIOD);
        plan.stays("a", 600);
        plan.want("b", 810, true);

        assertThat(plan.due(2 * PERIOD)).as("600 are still there").isEmpty();
        assertThat(plan.inForce("a")).isEqualTo(600);

        plan.stays("a", 200);
        plan.want("b", 800, true);
        assertThat(plan.due(3 * PERIOD)).isEmpty();
        assertThat(plan.total()).isEqualTo(1000);
    }

    @Test
    void aRefusedWriteIsTriedAgainAfterItsRest() {
        plan.want("a", 500, true);
        plan.due(0);
        plan.refused("a", 10, 50 * PERIOD);

        assertThat(plan.due(49 * PERIOD)).isEmpty();
        assertThat(plan.nextDue(PERIOD)).hasValue(50 * PERIOD);
        assertThat(plan.due(50 * PERIOD)).containsExactly(new Write("a", 500));
    }

    @Test
    void theBudgetMayShrink() {
        plan.want("a", 400, true);
        plan.due(0);
        plan.budget(500);
        plan.want("b", 200, true);

        assertThat(plan.due(PERIOD)).isEmpty();
    }

    @Test
    void whatRunnableWorkersHaveNeverExceedsTheBudgetWhateverTheOrder() {
        plan.opened("c", 10);
        int[][] wishes = {{980, 10, 10}, {10, 980, 10}, {330, 330, 340}, {10, 10, 980}, {500, 490, 10}};
        long now = 0;
        for (int[] wish : wishes) {
            plan.want("a", wish[0], true);
            plan.want("b", wish[1], true);
            plan.want("c", wish[2], true);
            for (int step = 0; step < 4; step++, now += 60) {
                plan.due(now);
                assertThat(plan.inForce("a") + plan.inForce("b") + plan.inForce("c"))
                        .isLessThanOrEqualTo(1000);
            }
            assertThat(plan.inForce("b")).isEqualTo(wish[1]);
        }
    }
}
