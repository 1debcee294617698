package io.framequota.inference.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.contract.control.Grant;
import io.framequota.inference.worker.WorkerAction.Cancel;
import io.framequota.inference.worker.WorkerAction.Launch;
import io.framequota.inference.worker.WorkerAction.ReportEnd;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** For any inputs in any order, a grant ends with exactly one of finished, failed, revoked or dropped. */
class WorkerTransitionsPropertyTest {
    private record Held(long epoch, GrantKey key) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void everyGrantEndsExactlyOnceForAnyOrderOfInputs(long seed) {
        Random random = new Random(seed);
        WorkerState state = WorkerTransitions.initial();
        Map<Held, Set<GrantOutcome>> reported = new HashMap<>();
        Set<Held> launched = new HashSet<>();
        Set<Held> running = new HashSet<>();
        long newest = 1;

        for (int i = 0; i < 5_000; i++) {
            if (random.nextInt(200) == 0) {
                newest++;
            }
            WorkerInput input = random(random, newest, i, keys(state));
            long epochBefore = state.epoch();
            List<GrantKey> heldBefore = keys(state);
            WorkerTransitions.Step step = WorkerTransitions.apply(state, input);
            state = step.state();

            for (WorkerAction action : step.actions()) {
                switch (action) {
                    case Launch launch -> {
                        Held held = new Held(launch.epoch(), GrantKey.of(launch.grant()));
                        assertThat(launched.add(held))
                                .as("launched once: %s", held)
                                .isTrue();
                        assertThat(reported).doesNotContainKey(held);
                        running.add(held);
                    }
                    case Cancel cancel ->
                        assertThat(running.remove(new Held(cancel.epoch(), cancel.key())))
                                .as("only what runs is cancelled")
                                .isTrue();
                    case ReportEnd end -> {
                        Held held = new Held(state.epoch(), end.key());
                        reported.computeIfAbsent(held, _ -> new HashSet<>()).add(end.outcome());
                        assertThat(reported.get(held))
                                .as("one outcome: %s", held)
                                .hasSize(1);
                        assertThat(keys(state)).doesNotContain(end.key());
                        running.remove(held);
                    }
                    default -> {}
                }
            }

            assertThat(state.epoch()).isGreaterThanOrEqualTo(epochBefore);
            assertThat(state.held()).hasSizeLessThanOrEqualTo(2);
            // Every grant that was held is still held, was reported, or was dropped with its job or epoch.
            for (GrantKey key : heldBefore) {
                boolean dropped = input instanceof WorkerInput.JobDropped || state.epoch() > epochBefore;
                assertThat(keys(state).contains(key) || reported.containsKey(new Held(state.epoch(), key)) || dropped)
                        .as("%s is not lost by %s", key, input)
                        .isTrue();
            }
            if (input instanceof WorkerInput.JobDropped drop && drop.epoch() == state.epoch()) {
                assertThat(keys(state)).extracting(GrantKey::job).doesNotContain(drop.job());
            }
            // The pipeline has the held grants that are not queued.
            long now = state.epoch();
            Set<Held> active = new HashSet<>();
            for (io.framequota.inference.worker.WorkerGrant held : state.held()) {
                if (held instanceof io.framequota.inference.worker.WorkerGrant.Active) {
                    active.add(new Held(now, held.key()));
                }
            }
            assertThat(running).isEqualTo(active);
        }
        assertThat(launched).hasSizeGreaterThan(100);
    }

    private static List<GrantKey> keys(WorkerState state) {
        return state.held().stream()
                .map(io.framequota.inference.worker.WorkerGrant::key)
                .toList();
    }

    private static WorkerInput random(Random random, long newest, int turn, List<GrantKey> held) {
        // Mostly the newest epoch, sometimes an older one.
        long epoch = random.nextInt(8) == 0 ? Math.max(0, newest - 1 - random.nextInt(2)) : newest;
        Grant grant = WorkerTransitionsTest.grant(
                "job" + random.nextInt(3), turn / 60 + random.nextInt(3), 1 + random.nextInt(2));
        // Mostly a held grant, sometimes another one.
        GrantKey key =
                held.isEmpty() || random.nextInt(4) == 0 ? GrantKey.of(grant) : held.get(random.nextInt(held.size()));
        return switch (random.nextInt(12)) {
            case 0, 1, 2 -> new WorkerInput.Granted(epoch, grant);
            case 3 ->
                random.nextInt(3) == 0
                        ? new WorkerInput.RevokeRequested(epoch, key)
                        : new WorkerInput.Granted(epoch, grant);
            case 4, 5 -> new WorkerInput.FirstFrame(epoch, key, 1 + random.nextInt(1000));
            case 6, 7 -> new WorkerInput.Draining(epoch, key);
            case 8, 9 -> new WorkerInput.Done(epoch, key, 4);
            case 10 -> new WorkerInput.Broken(epoch, key, "broken", random.nextBoolean());
            default ->
                random.nextInt(4) == 0 ? new WorkerInput.JobDropped(epoch, key.job()) : new WorkerInput.Led(epoch);
        };
    }
}
