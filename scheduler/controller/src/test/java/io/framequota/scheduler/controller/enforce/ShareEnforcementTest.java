package io.framequota.scheduler.controller.enforce;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.common.cgroup.CpuUsage;
import io.framequota.scheduler.cgroup.EnforcementException;
import io.framequota.scheduler.dispatch.WorkerId;
import io.framequota.scheduler.dispatch.WorkerShare;
import io.framequota.scheduler.quota.Actuator;
import io.framequota.scheduler.quota.WriteOutcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** From workers' shares to the writes, in order. */
class ShareEnforcementTest {
    private static final double PERIOD = ShareEnforcement.PERIOD_S;
    private final Book book = new Book();
    private final ShareEnforcement quotas = new ShareEnforcement(book, Actuator.QUOTA);

    @Test
    void sharesAreRoundedToTensAndNeverExceedTheBudget() {
        quotas.update(List.of(runs("a", 333.4), runs("b", 333.3), runs("c", 333.3)), 1000, 1000);
        quotas.step(0);

        assertThat(book.inForce).containsOnly(Map.entry("a", 340.0), Map.entry("b", 330.0), Map.entry("c", 330.0));
    }

    @Test
    void aWorkersLimitIsItsShareAndWhatItsStreamsHold() {
        WorkerShare both = new WorkerShare(new WorkerId("a", "a"), true, 1, true, "job", 300, 550);
        WorkerShare streams = new WorkerShare(new WorkerId("b", "b"), true, 1, false, null, 0, 440);
        quotas.update(List.of(both, streams, runs("c", 710)), 2000, 2000);
        quotas.step(0);

        assertThat(book.inForce).containsOnly(Map.entry("a", 850.0), Map.entry("b", 440.0), Map.entry("c", 710.0));
        // Without a chunk, too, a worker with a stream keeps what the stream holds.
        quotas.update(List.of(new WorkerShare(both.worker(), true, 1, false, null, 0, 550), streams), 2000, 2000);
        quotas.step(PERIOD);
        quotas.step(PERIOD + 2 * ShareEnforcement.LINGERS_S);
        assertThat(book.inForce).containsEntry("a", 550.0).containsEntry("b", 440.0);
    }

    @Test
    void nextWorkerIsRaisedBeforeTheIdleOneIsLowered() {
        quotas.update(List.of(runs("a", 1000), idle("b")), 1000, 1000);
        quotas.step(0);
        quotas.step(ShareEnforcement.LINGERS_S);
        book.writes.clear();

        quotas.update(List.of(idle("a"), runs("b", 1000)), 1000, 1000);
        quotas.step(ShareEnforcement.LINGERS_S + PERIOD);

        assertThat(book.writes).containsExactly("b=1000", "a=10");
    }

    @Test
    void afterARaiseHadToWaitForRoomIdleWorkersAreLoweredFirst() {
        quotas.update(List.of(runs("a", 1000), idle("b")), 1000, 1000);
        quotas.step(0);
        quotas.step(ShareEnforcement.LINGERS_S);
        quotas.onOutcome("b", new WriteOutcome.Deferred(10, 10, "the node is full"), ShareEnforcement.LINGERS_S);
        book.writes.clear();

        quotas.update(List.of(idle("a"), runs("b", 1000)), 1000, 1000);
        quotas.step(ShareEnforcement.LINGERS_S + PERIOD);

        assertThat(book.writes).containsExactly("a=10", "b=1000");
    }

    @Test
    void aPreemptedWorkerIsLoweredFirst() {
        quotas.update(List.of(runs("a", 1000), idle("b")), 1000, 1000);
        quotas.step(0);
        quotas.step(ShareEnforcement.LINGERS_S);
        book.writes.clear();

        quotas.update(List.of(runs("a", 0), runs("b", 1000)), 1000, 1000);
        quotas.step(ShareEnforcement.LINGERS_S + PERIOD);

        assertThat(book.writes).containsExactly("a=10", "b=1000");
    }

    @Test
    void startingWorkerHasAtLeastAnEqualPartOfTheBudget() {
        book.inForce.put("a", 10.0);
        book.inForce.put("c", 800.0);
        quotas.update(List.of(starts("a"), runs("b", 1000), starts("c")), 1000, 1000);
        quotas.step(0);

        assertThat(book.inForce).containsEntry("a", 330.0).containsEntry("c", 800.0);
    }

    @Test
    void anIdleWorkerIsParkedAfterAWhileAndNotBetweenTwoChunks() {
        quotas.update(List.of(runs("a", 1000)), 1000, 1000);
        quotas.step(0);
        quotas.update(List.of(idle("a")), 1000, 1000);
        double next = quotas.step(PERIOD);

        assertThat(next).isEqualTo(PERIOD + ShareEnforcement.LINGERS_S);
        assertThat(book.writes).isEmpty();
        quotas.update(List.of(runs("a", 1000)), 1000, 1000);
        quotas.step(2 * PERIOD);
        assertThat(book.writes).isEmpty();

        quotas.update(List.of(idle("a")), 1000, 1000);
        quotas.step(3 * PERIOD);
        quotas.step(3 * PERIOD + ShareEnforcement.LINGERS_S);
        assertThat(book.writes).containsExactly("a=10");
    }

    @Test
    void weightOfAnIdleWorkerIsNotLowered() {
        ShareEnforcement weights = new ShareEnforcement(book, Actuator.WEIGHT);
        weights.update(List.of(runs("a", 500), runs("b", 500)), 1000, 1000);
        weights.step(0);
        weights.update(List.of(idle("a"), runs("b", 1000)), 1000, 1000);
        weights.step(10 * PERIOD);

        assertThat(book.inForce).containsEntry("a", 500.0).containsEntry("b", 1000.0);
        assertThat(book.total).isEqualTo(1000);
    }

    @Test
    void aWorkerIsWrittenAtMostOnceAPeriod() {
        quotas.update(List.of(runs("a", 500)), 1000, 1000);
        quotas.step(0);
        book.writes.clear();
        for (int milli = 100; milli < 500; milli += 100) {
            quotas.update(List.of(runs("a", milli)), 1000, 1000);
            quotas.step(PERIOD / 2);
        }

        assertThat(book.writes).isEmpty();
        quotas.step(PERIOD);
        assertThat(book.writes).containsExactly("a=400");
    }

    @Test
    void refusedWriteIsReportedAndRetried() {
        book.refused.add("a");
        quotas.update(List.of(runs("a", 500)), 1000, 1000);
        double next = quotas.step(0);

        assertThat(quotas.readings().getFirst().words()).isEqualTo("a has 1000m of 500m: forbidden: not for you");
        assertThat(quotas.readings().getFirst().inForce()).isEqualTo(1000);
        assertThat(next).isEqualTo(ShareEnforcement.RETRY_S);

        book.refused.clear();
        quotas.step(ShareEnforcement.RETRY_S);
        assertThat(book.inForce).containsEntry("a", 500.0);
        assertThat(quotas.readings().getFirst().missed()).isNull();
    }

    @Test
    void lostWriteIsCorrectedEvenIfTheOldLimitIsWantedAgain() {
        quotas.update(List.of(runs("a", 500)), 1000, 1000);
        quotas.step(0);
        book.lost.add("a");
        quotas.update(List.of(runs("a", 800)), 1000, 1000);
        quotas.step(PERIOD);
        assertThat(quotas.readings().getFirst().words()).isEqualTo("a has 500m of 800m: unanswered: no answer");
        book.lost.clear();
        book.writes.clear();

        quotas.update(List.of(runs("a", 500)), 1000, 1000);
        double next = quotas.step(2 * PERIOD);

        assertThat(next).isEqualTo(PERIOD + ShareEnforcement.RETRY_S);
        assertThat(book.writes).isEmpty();
        quotas.step(PERIOD + ShareEnforcement.RETRY_S);
        assertThat(book.writes).containsExactly("a=500");
        assertThat(quotas.readings().getFirst().missed()).isNull();
    }

    @Test
    void limitThatTheBackendDoesNotGrantCountsAndIsShown() {
        quotas.update(List.of(runs("a", 600), runs("b", 400)), 1000, 1000);
        quotas.step(0);
        quotas.onOutcome("a", new WriteOutcome.Deferred(600, 1000, "the node is full"), 0);
        book.writes.clear();
        quotas.update(List.of(runs("a", 600), runs("b", 410)), 1010, 1010);
        quotas.step(PERIOD);

        assertThat(book.writes).as("a may still use 1000").isEmpty();
        assertThat(quotas.readings().getFirst().words()).isEqualTo("a has 1000m of 600m: deferred: the node is full");
        quotas.onOutcome("a", new WriteOutcome.Applied(600), PERIOD);
        quotas.step(2 * PERIOD);
        assertThat(book.writes).containsExactly("b=410");
    }

    @Test
    void newProcessOfAWorkerIsReadAgain() {
        quotas.update(List.of(runs("a", 500)), 1000, 1000);
        quotas.step(0);
        book.inForce.put("a", 1000.0);
        quotas.update(List.of(new WorkerShare(new WorkerId("a", "second"), true, 1, true, "j", 500)), 1000, 1000);
        quotas.step(1e-9);

        assertThat(book.inForce).as("a new container begins with its own limit").containsEntry("a", 500.0);
    }

    @Test
    void workerWithoutAKnownLimitIsNamed() {
        book.absent.add("a");
        quotas.update(List.of(runs("a", 500)), 1000, 1000);
        quotas.step(0);

        assertThat(quotas.unknown()).containsExactly("a");
        assertThat(quotas.readings()).isEmpty();
    }

    @Test
    void workerThatCannotBeReadIsNamedAndStopsNoOther() {
        book.unreadable.add("a");
        quotas.update(List.of(runs("a", 500), runs("b", 500)), 1000, 1000);
        quotas.step(0);

        assertThat(quotas.unknown()).containsExactly("a");
        assertThat(book.inForce).containsExactly(Map.entry("b", 500.0));
    }

    @Test
    void dispatchLeavesNoWorkerLimited() {
        quotas.update(List.of(runs("a", 300), runs("b", 700)), 1000, 1000);
        quotas.step(0);
        book.writes.clear();

        assertThat(quotas.release(List.of(runs("a", 300), runs("b", 700)), 1000))
                .isTrue();
        assertThat(book.inForce).containsEntry("a", 1000.0).containsEntry("b", 1000.0);
        assertThat(book.writes).as("who has most makes room first").containsExactly("b=500/1000", "a=500/1000");
    }

    @Test
    void dispatchLimitsNoWorker() {
        assertThat(new ShareEnforcement(book, Actuator.QUOTA).release(List.of(runs("a", 300)), 1000))
                .isTrue();
        assertThat(book.writes).isEmpty();
    }

    @Test
    void workersThatStayLimitedAreReported() {
        List<WorkerShare> shares = List.of(runs("a", 300), runs("b", 700));
        quotas.update(shares, 1000, 1000);
        quotas.step(0);

        book.refused.add("a");
        assertThat(quotas.release(shares, 1000)).isFalse();
        book.refused.clear();
        book.unreadable.add("a");
        assertThat(new ShareEnforcement(book, Actuator.QUOTA).release(shares, 1000))
                .isFalse();
        book.unreadable.clear();
        book.absent.add("a");
        assertThat(new ShareEnforcement(book, Actuator.QUOTA).release(shares, 1000))
                .as("the backend holds no limit of a worker that it does not know")
                .isTrue();
    }

    private static WorkerShare runs(String name, double millicores) {
        return new WorkerShare(id(name), true, 1, true, "j", millicores);
    }

    private static WorkerShare idle(String name) {
        return new WorkerShare(id(name), true, 1, false, null, 0);
    }

    private static WorkerShare starts(String name) {
        return new WorkerShare(id(name), false, 1, false, null, 0);
    }

    private static WorkerId id(String name) {
        return new WorkerId(name, "first");
    }

    /** Limits that only write down what is asked of them; every worker begins with a whole core. */
    private static final class Book implements WorkerLimits {
        final Map<String, Double> inForce = new HashMap<>();
        final List<String> writes = new ArrayList<>();
        final Set<String> refused = new HashSet<>();
        final Set<String> lost = new HashSet<>();
        final Set<String> absent = new HashSet<>();
        final Set<String> unreadable = new HashSet<>();
        int total;

        @Override
        public OptionalDouble inForce(String worker) {
            if (unreadable.contains(worker)) {
                throw new EnforcementException("no such file", new IOException());
            }
            return absent.contains(worker) ? OptionalDouble.empty() : OptionalDouble.of(held(worker));
        }

        private double held(String worker) {
            return inForce.computeIfAbsent(worker, w -> Double.POSITIVE_INFINITY);
        }

        @Override
        public Optional<WriteOutcome> write(String worker, double millicores) {
            if (refused.contains(worker)) {
                return Optional.of(new WriteOutcome.Forbidden(held(worker), "not for you"));
            }
            if (lost.contains(worker)) {
                return Optional.of(new WriteOutcome.Unanswered(held(worker), "no answer"));
            }
            inForce.put(worker, millicores);
            writes.add(worker + "=" + Math.round(millicores));
            return Optional.of(new WriteOutcome.Applied(millicores));
        }

        @Override
        public Optional<WriteOutcome> unlimit(String worker, int fair, int full) {
            Optional<WriteOutcome> outcome = write(worker, full);
            if (outcome.orElse(null) instanceof WriteOutcome.Applied) {
                writes.set(writes.size() - 1, worker + "=" + fair + "/" + full);
            }
            return outcome;
        }

        @Override
        public void limitTotal(int millicores) {
            total = millicores;
        }

        @Override
        public @Nullable CpuUsage use(String worker) {
            return null;
        }

        @Override
        public void close() {}
    }
}
