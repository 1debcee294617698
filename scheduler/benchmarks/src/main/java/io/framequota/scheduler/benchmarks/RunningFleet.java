package io.framequota.scheduler.benchmarks;

import io.framequota.scheduler.dispatch.BacklogJob;
import io.framequota.scheduler.dispatch.ChunkSpec;
import io.framequota.scheduler.dispatch.DecisionLog;
import io.framequota.scheduler.dispatch.DispatchCommand;
import io.framequota.scheduler.dispatch.DispatchEvent;
import io.framequota.scheduler.dispatch.Dispatcher;
import io.framequota.scheduler.dispatch.DispatcherSettings;
import io.framequota.scheduler.dispatch.FrameFormat;
import io.framequota.scheduler.dispatch.GrantRef;
import io.framequota.scheduler.dispatch.JobDescriptor;
import io.framequota.scheduler.dispatch.WorkerId;
import io.framequota.scheduler.dispatch.WorkerInfo;
import io.framequota.scheduler.policy.ConfiguredPolicy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * A dispatcher with many workers and jobs, as a scheduler has them: each step is one finished chunk, its commit and the
 * decision about them. An ended job is replaced by a new one.
 */
final class RunningFleet {
    private static final long EPOCH = 1;
    private static final int FRAMES = 32;
    private static final int MOST_CHUNKS = 30;
    /** Time between two finished chunks. */
    private static final long STEP_US = 100;

    private final Dispatcher dispatcher;
    private final boolean enforced;
    private final SplittableRandom random = new SplittableRandom(1);
    private final List<WorkerId> workers = new ArrayList<>();
    private final Map<String, ArrayDeque<GrantRef>> held = new HashMap<>();
    private final Map<String, Integer> left = new HashMap<>();
    private final List<DispatchEvent> events = new ArrayList<>();
    private long arrivals;
    private long nowUs = 1_000_000_000L;
    private long firstStepUs;
    private int next;

    /**
     * @param enforced whether shares are enforced as limits
     * @param undecodedOf10 how many of ten jobs have no chunks yet
     */
    RunningFleet(ConfiguredPolicy policy, int workers, int jobs, boolean enforced, int undecodedOf10) {
        this.enforced = enforced;
        dispatcher = new Dispatcher(
                EPOCH, policy, DispatcherSettings.capped(DispatcherSettings.UNCAPPED), new DecisionLog(10_000));
        if (enforced) {
            events.add(DispatchEvent.SharesEnforced.LIMITS);
        }
        for (int i = 0; i < workers; i++) {
            WorkerId id = new WorkerId("worker-" + i, "a");
            this.workers.add(id);
            held.put(id.name(), new ArrayDeque<>());
            events.add(new DispatchEvent.Heartbeat(
                    id, EPOCH, new WorkerInfo(true, 1, Set.of("m", "n"), "", "worker-" + i), null, null));
        }
        for (int i = 0; i < jobs; i++) {
            submit(random.nextInt(10) >= undecodedOf10);
        }
        // All workers begin at once, so their first chunks take between half and one and a half times as long.
        double perFrameS = STEP_US * workers / 1e6 / FRAMES;
        events.add(new DispatchEvent.CostMeasured("m", perFrameS));
        events.add(new DispatchEvent.CostMeasured("n", perFrameS));
        firstStepUs = STEP_US * workers / 2;
    }

    private void submit(boolean decoded) {
        String id = "job-" + ++arrivals;
        int chunks = 1 + random.nextInt(MOST_CHUNKS);
        int source = random.nextInt(8);
        JobDescriptor job = new JobDescriptor(
                id,
                arrivals,
                random.nextInt(4) == 0 ? "n" : "m",
                Map.of("tenant", "t" + random.nextInt(50), "deadline", "100000"),
                (long) chunks * FRAMES,
                random.nextInt(7) == 0 ? 1 + random.nextInt(4) : JobDescriptor.UNLIMITED,
                nowUs,
                false,
                new FrameFormat(
                        416,
                        416,
                        FrameFormat.PACKETS,
                        new FrameFormat.Decoded("h264", 320 + 160 * source, 240 + 90 * source, 1)));
        List<ChunkSpec> open = IntStream.range(0, decoded ? chunks : 0)
                .mapToObj(i -> new ChunkSpec(id, i, (long) i * FRAMES, FRAMES, 0, i, i, 80_000))
                .toList();
        left.put(id, chunks);
        events.add(new DispatchEvent.JobSubmitted(new BacklogJob(job, open.size(), decoded, open, 0, 0)));
    }

    /** Prepares the next step; not part of it. */
    void prepare() {
        nowUs += STEP_US + firstStepUs;
        firstStepUs = 0;
        for (int tried = 0; tried < workers.size(); tried++) {
            WorkerId worker = workers.get(next);
            next = (next + 1) % workers.size();
            GrantRef done = grantsOf(worker.name()).poll();
            if (done != null) {
                finish(worker, done);
                return;
            }
        }
    }

    private void finish(WorkerId worker, GrantRef done) {
        events.add(new DispatchEvent.Finished(worker, EPOCH, done, FRAMES, nowUs));
        start(worker);
        events.add(new DispatchEvent.ChunkCommitted(done.job(), done.chunk()));
        if (left.merge(done.job(), -1, Integer::sum) == 0) {
            left.remove(done.job());
            events.add(new DispatchEvent.JobEnded(done.job()));
            submit(true);
        }
    }

    private ArrayDeque<GrantRef> grantsOf(String worker) {
        return Objects.requireNonNull(held.get(worker));
    }

    private void start(WorkerId worker) {
        GrantRef first = grantsOf(worker.name()).peek();
        if (first != null) {
            events.add(new DispatchEvent.Started(worker, EPOCH, first, nowUs));
        }
    }

    /** Gives the dispatcher the events of the next step. */
    void observe() {
        events.forEach(event -> dispatcher.observe(event, nowUs));
        events.clear();
    }

    /** What the scheduler does after a batch of events. */
    List<DispatchCommand> decide() {
        List<DispatchCommand> commands = dispatcher.decide(nowUs);
        dispatcher.decodeNext();
        if (enforced) {
            dispatcher.workerShares();
        }
        return commands;
    }

    /** The workers obey; not part of the step. */
    void obey(List<DispatchCommand> commands) {
        for (DispatchCommand command : commands) {
            switch (command) {
                case DispatchCommand.Grant grant -> {
                    ArrayDeque<GrantRef> grants = grantsOf(grant.worker());
                    grants.add(new GrantRef(grant.chunk().job(), grant.chunk().index(), grant.attempt()));
                    if (grants.size() == 1) {
                        start(new WorkerId(grant.worker(), "a"));
                    }
                }
                case DispatchCommand.Revoke revoke -> {
                    if (grantsOf(revoke.worker()).remove(revoke.grant())) {
                        events.add(
                                new DispatchEvent.Revoked(new WorkerId(revoke.worker(), "a"), EPOCH, revoke.grant()));
                    }
                }
                case DispatchCommand.DropJob drop ->
                    grantsOf(drop.worker()).removeIf(g -> g.job().equals(drop.job()));
                case DispatchCommand.GrantStream ignored ->
                    throw new IllegalStateException("there are no streams here");
                case DispatchCommand.StopStream ignored -> throw new IllegalStateException("there are no streams here");
                case DispatchCommand.KeepDeaths kept -> throw new IllegalStateException("no worker dies here: " + kept);
                case DispatchCommand.FailJob fail -> {
                    left.remove(fail.job());
                    events.add(new DispatchEvent.JobEnded(fail.job()));
                    submit(true);
                }
            }
        }
    }
}
