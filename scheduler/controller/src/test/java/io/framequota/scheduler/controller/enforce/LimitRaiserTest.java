package io.framequota.scheduler.controller.enforce;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.scheduler.dispatch.WorkerId;
import io.framequota.scheduler.dispatch.WorkerShare;
import io.framequota.scheduler.quota.WriteOutcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LimitRaiserTest {
    private static final double SECOND = 1;

    private final Fake fake = new Fake();
    private final LimitRaiser raiser = new LimitRaiser(() -> Optional.of(fake));

    @BeforeEach
    void open() {
        assertThat(raiser.open(0)).isTrue();
    }

    @Test
    void workerWithALimitBelowItsCoresIsRaisedOnce() {
        fake.limits.putAll(Map.of("small", 500.0, "whole", 2000.0, "free", Double.POSITIVE_INFINITY));
        List<WorkerShare> workers = List.of(worker("small"), worker("whole"), worker("free"), worker("not seen yet"));

        raiser.raise(workers, 0);
        fake.limits.put("small", 500.0);
        raiser.raise(workers, 10 * SECOND);

        assertThat(fake.writes).containsExactly("small=2000");
        assertThat(raiser.notice()).isNull();
    }

    @Test
    void podThatIsCreatedLaterOrAgainIsRaisedToo() {
        raiser.raise(List.of(worker("a")), 0);
        fake.limits.put("a", 500.0);
        raiser.raise(List.of(worker("a")), SECOND);
        fake.limits.putAll(Map.of("a", 500.0, "b", 500.0));
        raiser.raise(List.of(worker("a", "second"), worker("b")), 2 * SECOND);

        assertThat(fake.writes).containsExactly("a=2000", "a=2000", "b=2000");
    }

    @Test
    void withoutTheRightHeldBackWorkersAreNamedAndRetriedLater() {
        fake.limits.putAll(Map.of("a", 500.0, "b", 500.0, "c", 2000.0));
        List<WorkerShare> workers = List.of(worker("a"), worker("b"), worker("c"));
        fake.unavailable = "nobody may";

        raiser.raise(workers, 0);
        raiser.raise(workers, ShareEnforcement.RETRY_S - 1);

        assertThat(fake.tried).as("the answer for one is the answer for all").containsExactly("a");
        assertThat(raiser.notice())
                .isEqualTo("a may use 500 of its 2000 millicores (1 more is held back, too): the limit that"
                        + " it was created with cannot be raised (nobody may); do something");

        fake.unavailable = null;
        raiser.raise(workers, ShareEnforcement.RETRY_S);

        assertThat(fake.writes).containsExactly("a=2000", "b=2000");
        assertThat(raiser.notice()).isNull();
    }

    @Test
    void refusedWorkerStopsNoOther() {
        fake.limits.putAll(Map.of("a", 500.0, "b", 500.0));
        fake.refused = Set.of("a");
        List<WorkerShare> workers = List.of(worker("a"), worker("b"));

        raiser.raise(workers, 0);

        assertThat(fake.writes).containsExactly("b=2000");
        assertThat(raiser.notice())
                .startsWith("a may use 500 of its 2000 millicores:")
                .contains("(forbidden: too much)");

        raiser.raise(List.of(worker("b")), SECOND);
        assertThat(raiser.notice()).as("a is gone").isNull();
    }

    @Test
    void allWorkersAreCheckedAgainAfterAnotherSchedulerLed() {
        fake.limits.put("a", 500.0);
        raiser.raise(List.of(worker("a")), 0);
        fake.limits.put("a", 10.0);

        raiser.forget();
        raiser.raise(List.of(worker("a")), SECOND);

        assertThat(fake.writes).containsExactly("a=2000", "a=2000");
    }

    @Test
    void backendThatDoesNotAnswerIsAskedAgainLater() {
        List<Long> asked = new ArrayList<>();
        LimitRaiser later = new LimitRaiser(() -> {
            asked.add(1L);
            if (asked.size() == 1) {
                throw new LimitsUnavailableException("it is away", true);
            }
            return Optional.of(fake);
        });

        assertThat(later.open(0)).isFalse();
        assertThat(later.open(ShareEnforcement.RETRY_S - 1)).isFalse();
        assertThat(later.open(ShareEnforcement.RETRY_S)).isTrue();
        assertThat(asked).hasSize(2);

        later.close();
        later.close();
        assertThat(fake.closed).isEqualTo(1);
    }

    private static WorkerShare worker(String name) {
        return worker(name, "first");
    }

    private static WorkerShare worker(String name, String instance) {
        return new WorkerShare(new WorkerId(name, instance), true, 2, false, null, 0);
    }

    private static final class Fake implements InitialLimits {
        final Map<String, Double> limits = new HashMap<>();
        final List<String> tried = new ArrayList<>();
        final List<String> writes = new ArrayList<>();
        Set<String> refused = Set.of();
        int closed;

        @Nullable
        String unavailable;

        @Override
        public OptionalDouble of(String worker) {
            Double limit = limits.get(worker);
            return limit == null ? OptionalDouble.empty() : OptionalDouble.of(limit);
        }

        @Override
        public Optional<WriteOutcome> raise(String worker, int full) {
            tried.add(worker);
            if (unavailable != null) {
                throw new LimitsUnavailableException(unavailable, true);
            }
            if (refused.contains(worker)) {
                return Optional.of(new WriteOutcome.Forbidden(500, "too much"));
            }
            limits.put(worker, (double) full);
            writes.add(worker + "=" + full);
            return Optional.empty();
        }

        @Override
        public String remedy() {
            return "do something";
        }

        @Override
        public void close() {
            closed++;
        }
    }
}
