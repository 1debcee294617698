package io.framequota.e2e.simulation;

import static io.framequota.e2e.simulation.VirtualTime.MILLIS;
import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.contract.control.Grant;
import io.framequota.inference.worker.GrantKey;
import io.framequota.inference.worker.GrantOutcome;
import io.framequota.inference.worker.WorkerAction;
import io.framequota.inference.worker.WorkerInput;
import io.framequota.inference.worker.WorkerState;
import io.framequota.inference.worker.WorkerTransitions;
import io.framequota.scheduler.dispatch.DispatchEvent;
import io.framequota.scheduler.dispatch.GrantRef;
import io.framequota.scheduler.dispatch.WorkerId;
import io.framequota.scheduler.dispatch.WorkerInfo;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A worker: its real state machine, and a pipeline whose chunks take time and sometimes fail. */
final class SimulatedWorker extends SimulatedProcess {
    private static final long HEARTBEAT_US = 500 * MILLIS;
    private static final int MOST_FAILURES = 2;

    private final ControlTopics topics;
    private final SimulatedAuthority authority;
    private final long frameUs;
    /** Attempts of each chunk that failed or whose worker died, over all workers. */
    private final Map<String, Integer> troubles;

    private WorkerState state = WorkerTransitions.initial();
    private final Map<GrantKey, Grant> runs = new HashMap<>();
    private boolean listening;
    private boolean leaving;
    boolean ready = true;
    int failurePercent;

    SimulatedWorker(
            VirtualTime time,
            String name,
            ControlTopics topics,
            SimulatedAuthority authority,
            Map<String, Integer> troubles) {
        super(time, name);
        this.topics = topics;
        this.authority = authority;
        this.troubles = troubles;
        frameUs = 500 + time.upTo(4 * MILLIS);
    }

    @Override
    void started() {
        state = WorkerTransitions.initial();
        runs.clear();
        listening = false;
        leaving = false;
        // As a real one: it says that it is there before it hears commands.
        heartbeat();
        in(2 * MILLIS + topics.latency(), () -> {
            listening = true;
            heartbeat();
        });
        in(HEARTBEAT_US, this::beat);
    }

    @Override
    void killed() {
        state.held().forEach(grant -> mayFail(grant.key()));
        runs.clear();
    }

    /** SIGTERM: it finishes what it has started, says that it leaves, and ends. */
    void leave() {
        if (alive() && !stopped() && !leaving) {
            time.tell("leave " + instance());
            leaving = true;
            accept(new WorkerInput.LeaveRequested());
            in(2_000 * MILLIS, () -> accept(new WorkerInput.LeaveTimedOut()));
        }
    }

    /** Whether one more failure of what it holds would make no chunk fail for good. */
    boolean mayDie() {
        return state.held().stream().allMatch(g -> troubles.getOrDefault(chunk(g.key()), 0) < MOST_FAILURES);
    }

    void command(WorkerInput.Order order) {
        if (listening) {
            accept(order);
        }
    }

    private void beat() {
        heartbeat();
        in(HEARTBEAT_US, this::beat);
    }

    private void heartbeat() {
        List<GrantRef> held = state.held().stream().map(g -> ref(g.key())).toList();
        topics.report(new DispatchEvent.Heartbeat(
                id(),
                state.epoch(),
                new WorkerInfo(ready && listening && !leaving, 1, Set.of(SimulatedAuthority.MODEL), "raw", "simulated"),
                held.isEmpty() ? null : held.getFirst(),
                held.size() < 2 ? null : held.get(1)));
    }

    private WorkerId id() {
        return new WorkerId(name, instance());
    }

    private void accept(WorkerInput input) {
        long before = state.epoch();
        WorkerTransitions.Step step = WorkerTransitions.apply(state, input);
        state = step.state();
        assertThat(state.epoch()).as("epoch that %s obeys", name).isGreaterThanOrEqualTo(before);
        assertThat(state.held()).as("grants that %s holds", name).hasSizeLessThanOrEqualTo(2);
        if (input instanceof WorkerInput.Order order && order.epoch() < before) {
            assertThat(step.actions())
                    .as("what %s does for an old leader", name)
                    .isEmpty();
        }
        step.actions().forEach(this::act);
        runs.keySet().retainAll(state.held().stream().map(g -> g.key()).toList());
    }

    private void act(WorkerAction action) {
        switch (action) {
            case WorkerAction.Launch launch -> launch(launch.epoch(), launch.grant());
            case WorkerAction.Cancel cancel -> runs.remove(cancel.key());
            case WorkerAction.ReportStarted started ->
                topics.report(
                        new DispatchEvent.Started(id(), state.epoch(), ref(started.key()), started.firstFrameAtUs()));
            case WorkerAction.ReportEnd end -> {
                DispatchEvent.WorkerReport report = ended(ref(end.key()), end.outcome());
                if (report != null) {
                    topics.report(report);
                }
            }
            case WorkerAction.ReportLeaving _ -> {
                topics.report(new DispatchEvent.Leaving(id(), state.epoch()));
                in(1, this::kill);
            }
        }
    }

    private DispatchEvent.@Nullable WorkerReport ended(GrantRef grant, GrantOutcome outcome) {
        return switch (outcome) {
            case GrantOutcome.Finished finished ->
                new DispatchEvent.Finished(id(), state.epoch(), grant, finished.frames(), now());
            case GrantOutcome.Failed failed ->
                new DispatchEvent.Failed(id(), state.epoch(), grant, failed.cause(), failed.permanent());
            case GrantOutcome.Revoked _ -> new DispatchEvent.Revoked(id(), state.epoch(), grant);
            case GrantOutcome.Dropped _ -> null;
        };
    }

    private void launch(long epoch, Grant grant) {
        GrantKey key = GrantKey.of(grant);
        assertThat(epoch).as("epoch of a launch on %s", name).isEqualTo(state.epoch());
        time.tell(name + " runs " + key + " in epoch " + epoch);
        runs.put(key, grant);
        int frames = grant.getChunk().getFrames();
        long first = 1 + time.upTo(20 * MILLIS);
        long whole = first + frames * frameUs;
        whileRunning(first, key, grant, () -> accept(new WorkerInput.FirstFrame(epoch, key, now())));
        if (time.chance(failurePercent) && mayFail(key)) {
            whileRunning(
                    first + time.upTo(whole),
                    key,
                    grant,
                    () -> accept(new WorkerInput.Broken(epoch, key, "simulated", false)));
            return;
        }
        whileRunning(first + whole / 2, key, grant, () -> accept(new WorkerInput.Draining(epoch, key)));
        whileRunning(whole + time.upTo(10 * MILLIS), key, grant, () -> {
            publish(epoch, key, frames);
            accept(new WorkerInput.Done(epoch, key, frames));
        });
    }

    private void whileRunning(long delayUs, GrantKey key, Grant grant, Runnable action) {
        in(delayUs, () -> {
            if (runs.get(key) == grant) {
                action.run();
            }
        });
    }

    private void publish(long epoch, GrantKey key, int frames) {
        if (!topics.loses()) {
            deliver(epoch, key, frames);
        }
        if (topics.loses()) {
            // The producer sent it twice.
            deliver(epoch, key, frames);
        }
    }

    /** The results' topic keeps what comes while the authority is away. */
    private void deliver(long epoch, GrantKey key, int frames) {
        time.in(topics.latency(), () -> commit(epoch, key, frames));
    }

    private void commit(long epoch, GrantKey key, int frames) {
        if (authority.alive() && !authority.stopped()) {
            authority.commit(epoch, key.job(), key.chunk(), frames);
        } else {
            time.in(100 * MILLIS, () -> commit(epoch, key, frames));
        }
    }

    private boolean mayFail(GrantKey key) {
        return troubles.merge(chunk(key), 1, Integer::sum) <= MOST_FAILURES;
    }

    private static String chunk(GrantKey key) {
        return key.job() + "/" + key.chunk();
    }

    private static GrantRef ref(GrantKey key) {
        return new GrantRef(key.job(), key.chunk(), key.attempt());
    }

    private long now() {
        return Clocks.START_US + time.nowUs();
    }
}
