package io.framequota.scheduler.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.scheduler.quota.QuotaPlanner.Rules;
import io.framequota.scheduler.quota.QuotaPlanner.State;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which limits are written when, on a scripted store. */
class QuotaPlannerTest {
    private static final long PERIOD = 100;
    private static final long AGAIN = 50 * PERIOD;
    private Plan plan = new Plan(AGAIN);

    @BeforeEach
    void twoWorkers() {
        plan.opened("a", 10);
        plan.opened("b", 10);
    }

    @Test
    void afterAJobEndsTheNextIsRaisedBeforeTheEndedOneIsLowered() {
        plan.want("a", 1000, true);
        plan.due(0);

        plan.want("a", 10, false);
        plan.want("b", 1000, true);

        assertThat(plan.due(500)).containsExactly(new Write("b", 1000), new Write("a", 10));
    }

    @Test
    void preemptedWorkerIsLoweredFirst() {
        plan.want("a", 1000, true);
        plan.due(0);

        plan.want("a", 10, true);
        plan.want("b", 990, true);

        assertThat(plan.due(500)).containsExactly(new Write("a", 10), new Write("b", 990));
    }

    @Test
    void groupIsWrittenOncePerPeriodAndARaiseWaitsForRoom() {
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
    void raiseWithALostAnswerCountsAndIsWrittenAgain() {
        plan = new Plan(500);
        twoWorkers();
        plan.want("a", 600, true);
        plan.store.says("a", new WriteOutcome.Unanswered(10, "no answer"));
        plan.due(0);
        plan.store.applies("a");
        plan.want("b", 500, true);

        assertThat(plan.due(200)).isEmpty();
        assertThat(plan.nextDue(200)).hasValue(500);
        assertThat(plan.due(500)).containsExactly(new Write("a", 600));
        plan.want("a", 500, true);
        assertThat(plan.due(600)).containsExactly(new Write("a", 500), new Write("b", 500));
        assertThat(plan.nextDue(600)).isEmpty();
    }

    @Test
    void raiseWithALostAnswerIsRevertedIfTheOldValueIsWantedAgain() {
        plan = new Plan(500);
        twoWorkers();
        plan.want("a", 600, true);
        plan.store.says("a", new WriteOutcome.Unanswered(10, "no answer"));
        plan.due(0);
        plan.store.applies("a");
        plan.want("a", 10, false);

        assertThat(plan.due(500)).containsExactly(new Write("a", 10));
        assertThat(plan.inForce("a")).isEqualTo(10);
        assertThat(plan.due(1000)).isEmpty();
    }

    @Test
    void raiseDoesNotWaitForTheLoweringOfAnIdleWorker() {
        plan.want("a", 1000, true);
        plan.due(0);
        plan.want("a", 10, false);
        plan.want("b", 1000, true);

        assertThat(plan.due(10)).containsExactly(new Write("b", 1000));
        assertThat(plan.due(PERIOD)).containsExactly(new Write("a", 10));
    }

    @Test
    void onlyTheLatestWishWithinAPeriodIsWritten() {
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
    void wishThatIsAlreadyInForceIsNotWritten() {
        plan.want("a", 10, true);

        assertThat(plan.due(0)).isEmpty();
    }

    @Test
    void preemptedWorkerKeepsTenMillicoresOutsideTheBudget() {
        plan.want("a", 1000, true);
        plan.due(0);
        plan.want("a", 10, true);
        plan.want("b", 1000, true);

        assertThat(plan.due(PERIOD)).containsExactly(new Write("a", 10), new Write("b", 1000));
    }

    @Test
    void deferredWriteCountsAsTheLargerOfOldAndNew() {
        plan.want("a", 600, true);
        plan.due(0);
        plan.want("a", 200, true);
        plan.want("b", 800, true);
        plan.due(PERIOD);
        plan.written("a", new WriteOutcome.Deferred(200, 600, "the node is full"), PERIOD);
        plan.want("b", 810, true);

        assertThat(plan.due(2 * PERIOD)).as("600 millicores are still in force").isEmpty();
        assertThat(plan.inForce("a")).isEqualTo(600);

        plan.written("a", new WriteOutcome.Applied(200), 2 * PERIOD);
        plan.want("b", 800, true);
        assertThat(plan.due(3 * PERIOD)).isEmpty();
        assertThat(plan.total()).isEqualTo(1000);
    }

    @Test
    void refusedWriteIsRetriedAfterItsRest() {
        plan.want("a", 500, true);
        plan.store.says("a", new WriteOutcome.Forbidden(10, "not for you"));
        plan.due(0);
        plan.store.applies("a");

        assertThat(plan.due(49 * PERIOD)).isEmpty();
        assertThat(plan.nextDue(PERIOD)).hasValue(50 * PERIOD);
        assertThat(plan.due(50 * PERIOD)).containsExactly(new Write("a", 500));
    }

    @Test
    void budgetMayShrink() {
        plan.want("a", 400, true);
        plan.due(0);
        plan.budget(500);
        plan.want("b", 200, true);

        assertThat(plan.due(PERIOD)).isEmpty();
    }

    @Test
    void limitsOfRunningWorkersNeverExceedTheBudget() {
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

    @Test
    void loweringMakesRoomOnlyOnceItIsInForce() {
        plan.store.saysLater();
        plan.want("a", 1000, true);
        plan.due(0);
        plan.written("a", new WriteOutcome.Applied(1000), 5);
        plan.want("a", 10, true);
        plan.want("b", 990, true);

        assertThat(plan.due(2 * PERIOD)).containsExactly(new Write("a", 10));
        assertThat(plan.due(3 * PERIOD)).isEmpty();
        plan.written("a", new WriteOutcome.Applied(10), 3 * PERIOD + 1);
        assertThat(plan.due(3 * PERIOD + 1)).containsExactly(new Write("b", 990));
    }

    @Test
    void unansweredWriteIsRetried() {
        plan.store.saysLater();
        plan.want("a", 600, true);
        plan.due(0);

        assertThat(plan.nextDue(1)).hasValue(AGAIN);
        plan.due(AGAIN);
        assertThat(plan.planner.missed("a"))
                .hasValueSatisfying(m -> assertThat(m).isInstanceOf(WriteOutcome.Unanswered.class));
        assertThat(plan.due(2 * AGAIN)).containsExactly(new Write("a", 600));
    }

    @Test
    void lateAnswerCountsAndPreventsARetry() {
        plan.store.saysLater();
        plan.want("a", 600, true);
        plan.due(0);
        plan.due(AGAIN);
        plan.written("a", new WriteOutcome.Applied(600), AGAIN + 1);

        assertThat(plan.due(3 * AGAIN)).isEmpty();
        plan.want("a", 500, true);
        assertThat(plan.due(3 * AGAIN + 1)).containsExactly(new Write("a", 500));
    }

    @Test
    void lateRepeatedAndUnexpectedAnswersChangeNothing() {
        plan.store.saysLater();
        plan.want("a", 600, true);
        plan.due(0);
        plan.written("a", new WriteOutcome.Deferred(600, 10, "full"), 1);
        plan.due(PERIOD);
        double half = plan.planner.total() - 10;
        plan.written("a", new WriteOutcome.Deferred(600, 10, "full"), PERIOD + 1);
        plan.written("a", new WriteOutcome.Deferred(600, 10, "full"), PERIOD + 2);
        plan.written("nobody", new WriteOutcome.Applied(10), PERIOD + 3);

        assertThat(plan.due(2 * PERIOD))
                .as("the outcome of the first write does not answer the second")
                .isEmpty();
        assertThat(half).isEqualTo(300);
        plan.written("a", new WriteOutcome.Applied(300), 2 * PERIOD);
        plan.written("a", new WriteOutcome.Applied(300), 2 * PERIOD);
        assertThat(plan.planner.inForce("a")).isEqualTo(300);
    }

    @Test
    void shareWithoutRoomGetsTheLargestPartThatFits() {
        plan.store.room = 685;
        plan.want("a", 990, true);
        List<Write> writes = new ArrayList<>();
        for (long now = 0; now <= 20 * PERIOD; now += PERIOD) {
            writes.addAll(plan.due(now));
        }

        assertThat(plan.planner.inForce("a")).as("b keeps 10 millicores").isEqualTo(670);
        assertThat(plan.planner.total()).as("no write is pending at the node").isEqualTo(680);
        assertThat(writes).startsWith(new Write("a", 990), new Write("a", 500)).hasSizeLessThanOrEqualTo(10);
        assertThat(plan.planner.missed("a"))
                .hasValueSatisfying(m -> assertThat(m.words()).isEqualTo("deferred: the node is full"));
    }

    @Test
    void shareWithoutRoomIsRetriedWhenAnotherIsLowered() {
        plan.store.room = 1000;
        plan.want("b", 300, true);
        plan.due(0);
        plan.budget(2000);
        plan.want("a", 1000, true);
        long now = PERIOD;
        for (; now <= 20 * PERIOD; now += PERIOD) {
            plan.due(now);
        }
        assertThat(plan.planner.inForce("a")).isEqualTo(700);

        plan.want("b", 10, false);
        plan.want("a", 990, true);
        assertThat(plan.due(now)).as("lowering comes first").containsExactly(new Write("b", 10), new Write("a", 990));
        assertThat(plan.planner.missed("a")).isEmpty();
    }

    @Test
    void fullShareIsRetriedAfterAWhile() {
        plan.store.room = 685;
        plan.want("a", 990, true);
        for (long now = 0; now <= 20 * PERIOD; now += PERIOD) {
            plan.due(now);
        }
        plan.store.room = 5000;
        plan.due(15 * AGAIN);

        assertThat(plan.planner.inForce("a")).isEqualTo(990);
    }

    @Test
    void valueThatTheSystemReportsCounts() {
        plan.store.says("a", new WriteOutcome.Applied(400));
        plan.want("a", 600, true);
        plan.due(0);

        assertThat(plan.planner.inForce("a")).isEqualTo(400);
        assertThat(plan.due(AGAIN - 1)).isEmpty();
        assertThat(plan.due(AGAIN)).containsExactly(new Write("a", 600));
    }

    @Test
    void sharesAreRoundedTogetherAndWorkersWithoutAShareAreParked() {
        Plan grid = new Plan(new Rules(PERIOD, true, 10, 0, AGAIN));
        List.of("a", "b", "c", "d").forEach(w -> grid.opened(w, 10));
        grid.want("a", 333.4, true);
        grid.want("b", 333.3, true);
        grid.want("c", 333.3, true);
        grid.want("d", 0, true);

        assertThat(grid.due(0)).containsExactly(new Write("a", 340), new Write("b", 330), new Write("c", 330));
        assertThat(grid.planner.allotted()).isEqualTo(1000);
    }

    /** A write to the store. */
    private record Write(String group, double millicores) {}

    /** A planner with its scripted store. */
    private static final class Plan {
        final Store store = new Store();
        final QuotaPlanner<String> planner;
        private double next;

        Plan(double again) {
            this(new Rules(PERIOD, false, 10, 0, again));
        }

        Plan(Rules rules) {
            planner = new QuotaPlanner<>(store, rules, 1000);
        }

        void opened(String name, double millicores) {
            store.held.put(name, millicores);
            assertThat(planner.open(name, Double.POSITIVE_INFINITY)).isTrue();
        }

        void want(String name, double millicores, boolean runs) {
            planner.want(name, millicores, runs ? State.RUNS : State.IDLE);
        }

        void budget(double millicores) {
            planner.budget(millicores);
        }

        void written(String name, WriteOutcome outcome, double now) {
            planner.written(name, outcome, now);
        }

        double inForce(String name) {
            return planner.inForce(name);
        }

        double total() {
            return planner.total();
        }

        List<Write> due(double now) {
            store.writes.clear();
            next = planner.step(now);
            return List.copyOf(store.writes);
        }

        OptionalDouble nextDue(double now) {
            assertThat(next).isGreaterThan(now);
            return next == Double.POSITIVE_INFINITY ? OptionalDouble.empty() : OptionalDouble.of(next);
        }
    }

    /** Accepts every limit that has room, unless a test scripts another outcome. */
    private static final class Store implements LimitStore<String> {
        final Map<String, Double> held = new HashMap<>();
        final List<Write> writes = new ArrayList<>();
        private final Map<String, WriteOutcome> answers = new HashMap<>();
        private boolean later;
        double room = Double.POSITIVE_INFINITY;

        void says(String name, WriteOutcome outcome) {
            answers.put(name, outcome);
        }

        void applies(String name) {
            answers.remove(name);
        }

        void saysLater() {
            later = true;
        }

        @Override
        public OptionalDouble inForce(String who) {
            Double millicores = held.get(who);
            return millicores == null ? OptionalDouble.empty() : OptionalDouble.of(millicores);
        }

        @Override
        public Optional<WriteOutcome> write(String who, double millicores) {
            writes.add(new Write(who, millicores));
            if (later) {
                return Optional.empty();
            }
            WriteOutcome given = answers.get(who);
            if (given != null) {
                return Optional.of(given);
            }
            double before = held.getOrDefault(who, 0.0);
            double others = held.values().stream().mapToDouble(h -> h).sum() - before;
            if (others + millicores > room) {
                return Optional.of(new WriteOutcome.Deferred(millicores, before, "the node is full"));
            }
            held.put(who, millicores);
            return Optional.of(new WriteOutcome.Applied(millicores));
        }
    }
}
