package io.framequota.scheduler.controller.enforce;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.common.cgroup.CpuUsage;
import io.framequota.scheduler.dispatch.WorkerId;
import io.framequota.scheduler.dispatch.WorkerShare;
import io.framequota.scheduler.quota.Actuator;
import io.framequota.scheduler.quota.WriteOutcome;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of workers when their limits cannot be written any more. */
class EnforcerTest {
    private static final long LIMIT_SECONDS = 30;

    private final Fake fake = new Fake();
    /** Writes, and "held" or "turns" when the dispatcher is notified, in order. */
    private final List<String> events = fake.events;

    private final Enforcer enforcer = new Enforcer(
            List.of(fake), held -> events.add(held.enforced() ? "held" : "turns"), view -> {}, System::nanoTime);

    @BeforeEach
    void holdTwoWorkersToTheirShares() {
        enforcer.start();
        enforcer.select(Actuator.QUOTA);
        enforcer.enforce(List.of(runs("a", 990), runs("b", 10)), 1000, 1000);
        await(() -> Map.of("a", 990.0, "b", 10.0).equals(fake.inForce));
        assertThat(events.getFirst()).isEqualTo("held");
        events.clear();
    }

    @AfterEach
    void close() {
        enforcer.close();
    }

    @Test
    void allWorkersAreRaisedBeforeDispatchStarts() {
        fake.totalFails = true;

        enforcer.enforce(List.of(runs("a", 500), runs("b", 10)), 510, 510);
        await(() -> enforcer.view().actuator() == Actuator.DISPATCH);

        assertThat(events)
                .containsExactlyInAnyOrder("a=1000", "b=1000", "turns")
                .endsWith("turns");
        assertThat(enforcer.view().notice()).contains("of a whim", "dispatched in the policy's order instead");
    }

    @Test
    void workersKeepJobsAndLimitsWhileLimitsCannotBeWritten() {
        fake.writesFail = true;

        enforcer.enforce(List.of(runs("a", 10), runs("b", 990)), 1000, 1000);
        await(() -> enforcer.view().notice() != null);

        assertThat(enforcer.view().actuator()).isEqualTo(Actuator.QUOTA);
        assertThat(enforcer.view().notice()).contains("of a whim", "workers keep the limits and jobs that they have");
        assertThat(enforcer.isActive()).isTrue();

        fake.writesFail = false;
        await(() -> Map.of("a", 10.0, "b", 990.0).equals(fake.inForce));
        await(() -> enforcer.view().notice() == null);
        assertThat(events).doesNotContain("turns", "held");
    }

    @Test
    void workerThatStartsUnderDispatchWithASmallLimitGetsItsCores() {
        enforcer.select(Actuator.DISPATCH);
        await(() -> enforcer.view().actuator() == Actuator.DISPATCH && enforcer.isActive());
        assertThat(events).containsExactlyInAnyOrder("a=1000", "b=1000", "turns");
        events.clear();

        fake.inForce.put("late", 500.0);
        enforcer.enforce(List.of(runs("a", 500), runs("b", 500), runs("late", 500)), 1000, 1000);
        await(() -> fake.inForce.get("late") == 1000);
        assertThat(enforcer.view().notice()).isNull();

        enforcer.select(Actuator.QUOTA);
        await(() -> events.contains("held"));
        assertThat(fake.ceilingsOpen).as("limits that quotas replace").hasValue(0);
        assertThat(events.subList(0, 2)).containsExactly("late^1000", "held");
    }

    @Test
    void computeTimeIsDividedWithoutAnyLimitOnWorkers() {
        enforcer.select(Actuator.GPU_TIME);
        await(() -> enforcer.view().actuator() == Actuator.GPU_TIME);
        assertThat(events)
                .containsExactlyInAnyOrder("a=1000", "b=1000", "turns", "held")
                .endsWith("held");
        events.clear();

        enforcer.select(Actuator.GPU_TIME_BORROW);
        await(() -> enforcer.view().actuator() == Actuator.GPU_TIME_BORROW);
        enforcer.select(Actuator.DISPATCH);
        await(() -> enforcer.view().actuator() == Actuator.DISPATCH);
        assertThat(events).containsExactly("turns", "held", "turns");
    }

    @Test
    void noticeNamesHeldBackWorkersBesideTheReasonForDispatch() {
        enforcer.select(Actuator.DISPATCH);
        await(() -> enforcer.view().actuator() == Actuator.DISPATCH && enforcer.isActive());
        fake.opensNot = true;
        fake.liftsNot = true;
        fake.inForce.put("late", 500.0);

        enforcer.select(Actuator.QUOTA);
        enforcer.enforce(List.of(runs("late", 500)), 1000, 1000);
        await(() -> String.valueOf(enforcer.view().notice()).contains("late"));

        assertThat(enforcer.view().notice())
                .isEqualTo(
                        "quota cannot be used because of a lack of rights; chunks are dispatched in the policy's order"
                                + " instead; late may use 500 of its 1000 millicores: the limit that it was created with"
                                + " cannot be raised (a lack of rights); ask for them");
        assertThat(enforcer.view().actuator()).isEqualTo(Actuator.DISPATCH);
        assertThat(fake.inForce).containsEntry("late", 500.0);
    }

    @Test
    void onlyTheLatestOutcomeOfEachWorkerCountsAndAJumpOfTheClockWritesOnce() {
        Fake backend = new Fake();
        AtomicLong nanos = new AtomicLong(1);
        try (Enforcer stepped = new Enforcer(List.of(backend), held -> {}, view -> {}, nanos::get)) {
            stepped.select(Actuator.QUOTA);
            stepped.enforce(List.of(runs("a", 990), runs("b", 10)), 1000, 1000);
            stepped.round();
            assertThat(backend.inForce).isEqualTo(Map.of("a", 990.0, "b", 10.0));
            backend.events.clear();

            for (int i = 0; i < 100_000; i++) {
                backend.written("a", new WriteOutcome.Deferred(990, 10, "late"));
                backend.written("nobody", new WriteOutcome.Applied(10));
            }
            backend.written("a", new WriteOutcome.Applied(990));
            stepped.round();
            assertThat(stepped.view().notice()).isNull();

            nanos.addAndGet(TimeUnit.HOURS.toNanos(10));
            stepped.enforce(List.of(runs("a", 10), runs("b", 990)), 1000, 1000);
            stepped.round();
            stepped.round();
            assertThat(backend.events).containsExactly("a=10", "b=990");
        }
    }

    @Test
    void partThatFitsIsGivenWithTheReason() {
        Fake backend = new Fake();
        backend.room = 1325;
        AtomicLong nanos = new AtomicLong(1);
        try (Enforcer stepped = new Enforcer(List.of(backend), held -> {}, view -> {}, nanos::get)) {
            stepped.select(Actuator.QUOTA);
            stepped.enforce(List.of(runs("b", 640), runs("a", 360)), 1000, 1000);
            stepped.round();
            // A budget of three cores on less than two.
            stepped.enforce(List.of(runs("b", 640), runs("a", 1000)), 3000, 3000);
            for (int i = 0; i < 40; i++) {
                nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(50));
                stepped.round();
            }

            assertThat(backend.inForce).isEqualTo(Map.of("a", 680.0, "b", 640.0));
            assertThat(stepped.view().trouble())
                    .isEqualTo(new Enforcer.Trouble("Deferred", "a has 680m of 1000m: deferred: the node is full"));
        }
    }

    private static WorkerShare runs(String name, double millicores) {
        return new WorkerShare(new WorkerId(name, "first"), true, 1, true, "j-" + name, millicores);
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("within " + LIMIT_SECONDS + " s").isLessThan(end);
            LockSupport.parkNanos(5_000_000);
        }
    }

    /** A backend that loses its limits when the test says so. */
    private static final class Fake implements LimitBackend, WorkerLimits {
        final Map<String, Double> inForce =
                new ConcurrentHashMap<>(Map.of("a", Double.POSITIVE_INFINITY, "b", Double.POSITIVE_INFINITY));
        final List<String> events = new CopyOnWriteArrayList<>();
        WorkerLimits.@Nullable Observer observer;
        volatile double room = Double.POSITIVE_INFINITY;
        volatile boolean writesFail;
        volatile boolean totalFails;
        volatile boolean opensNot;
        volatile boolean liftsNot;
        final AtomicInteger ceilingsOpen = new AtomicInteger();

        @Override
        public boolean isConfigured() {
            return true;
        }

        @Override
        public WorkerLimits open(Actuator actuator, WorkerLimits.Observer observer) {
            if (opensNot) {
                throw new LimitsUnavailableException("of a lack of rights", true);
            }
            this.observer = observer;
            return this;
        }

        void written(String worker, WriteOutcome outcome) {
            Objects.requireNonNull(observer).onOutcome(worker, outcome);
        }

        @Override
        public Optional<InitialLimits> initialLimits() {
            ceilingsOpen.incrementAndGet();
            return Optional.of(new Made());
        }

        /** The limits that workers were made with. */
        private final class Made implements InitialLimits {
            @Override
            public OptionalDouble of(String worker) {
                return inForce(worker);
            }

            @Override
            public Optional<WriteOutcome> raise(String worker, int full) {
                if (liftsNot) {
                    throw new LimitsUnavailableException("a lack of rights", true);
                }
                inForce.put(worker, (double) full);
                events.add(worker + "^" + full);
                return Optional.empty();
            }

            @Override
            public String remedy() {
                return "ask for them";
            }

            @Override
            public void close() {
                ceilingsOpen.decrementAndGet();
            }
        }

        @Override
        public OptionalDouble inForce(String worker) {
            return OptionalDouble.of(inForce.getOrDefault(worker, Double.POSITIVE_INFINITY));
        }

        @Override
        public Optional<WriteOutcome> write(String worker, double millicores) {
            if (writesFail) {
                throw new LimitsUnavailableException("of a whim", true);
            }
            double before = inForce.get(worker);
            double others = inForce.entrySet().stream()
                    .filter(e -> !e.getKey().equals(worker))
                    .mapToDouble(Map.Entry::getValue)
                    .sum();
            if (millicores > before && others + millicores > room) {
                return Optional.of(new WriteOutcome.Deferred(millicores, before, "the node is full"));
            }
            inForce.put(worker, millicores);
            events.add(worker + "=" + Math.round(millicores));
            return Optional.of(new WriteOutcome.Applied(millicores));
        }

        @Override
        public void limitTotal(int millicores) {
            if (totalFails) {
                throw new LimitsUnavailableException("of a whim", true);
            }
        }

        @Override
        public @Nullable CpuUsage use(String worker) {
            return null;
        }

        @Override
        public void close() {}
    }
}
