package io.framequota.scheduler.controller.shadow;

import io.framequota.scheduler.dispatch.BacklogJob;
import io.framequota.scheduler.dispatch.ChunkSpec;
import io.framequota.scheduler.dispatch.DecisionLog;
import io.framequota.scheduler.dispatch.DispatchCommand;
import io.framequota.scheduler.dispatch.DispatchEvent;
import io.framequota.scheduler.dispatch.Dispatcher;
import io.framequota.scheduler.dispatch.DispatcherSettings;
import io.framequota.scheduler.dispatch.EndedJob;
import io.framequota.scheduler.dispatch.GrantRef;
import io.framequota.scheduler.dispatch.JobDescriptor;
import io.framequota.scheduler.dispatch.WorkerFleet;
import io.framequota.scheduler.dispatch.WorkerId;
import io.framequota.scheduler.dispatch.WorkerInfo;
import io.framequota.scheduler.policy.ConfiguredPolicy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The production dispatcher on a virtual clock, less tidy than the simulator: messages take a while, chunks of a job cost
 * differently, and the end of a job may be heard of before the end of its last grant.
 */
final class LiveRun {
    private static final String MODEL = "m";
    private static final int FRAMES = 10;
    private static final long LATENCY_US = 2_000;
    private static final long BEAT_US = 500_000;
    private static final long LOOK_US = 10_000;
    /** Cores of a worker that has no share. */
    private static final double PARKED = 0.01;

    /** A job to submit. */
    record Submission(long atUs, int chunks) {}

    private record Timed(long atUs, long sequence, Runnable action) {}

    /** One grant runs, others wait. */
    private static final class Worker {
        final WorkerId id;
        final int cores;
        final ArrayDeque<DispatchCommand.Grant> grants = new ArrayDeque<>();

        Worker(String name, int cores) {
            id = new WorkerId(name, name + "#0");
            this.cores = cores;
        }
    }

    private final PriorityQueue<Timed> queue = new PriorityQueue<>(
            (a, b) -> a.atUs != b.atUs ? Long.compare(a.atUs, b.atUs) : Long.compare(a.sequence, b.sequence));
    private final Map<String, Worker> workers = new HashMap<>();
    private final Map<String, Integer> left = new HashMap<>();
    private final Random random;
    private final EndedJobHistory history;
    private final Dispatcher dispatcher;
    private final WorkerFleet pool;
    private final long frameUs;
    private long nowUs;
    private long sequence;
    private int open;

    private LiveRun(ConfiguredPolicy policy, WorkerFleet pool, long frameUs, long seed, EndedJobHistory history) {
        this.pool = pool;
        this.frameUs = frameUs;
        this.random = new Random(seed);
        this.history = history;
        double cap = pool.sharing().enforced() ? pool.millicores() : DispatcherSettings.UNCAPPED;
        dispatcher = new Dispatcher(1, policy, DispatcherSettings.capped(cap), new DecisionLog(10), this::ended);
        for (int i = 0; i < pool.cores().size(); i++) {
            Worker worker = new Worker("worker-" + i, pool.cores().get(i));
            workers.put(worker.id.name(), worker);
        }
    }

    /** Runs the jobs to their end and records them. */
    static ShadowRecording record(ConfiguredPolicy policy, WorkerFleet pool, long frameUs, List<Submission> jobs) {
        EndedJobHistory history = new EndedJobHistory();
        LiveRun run = new LiveRun(policy, pool, frameUs, 7, history);
        run.open = jobs.size();
        run.observe(pool.sharing());
        run.beat();
        for (int i = 0; i < jobs.size(); i++) {
            int position = i + 1;
            Submission job = jobs.get(i);
            run.at(job.atUs(), () -> run.submit(position, job.chunks()));
        }
        while (run.open > 0) {
            Timed next = run.queue.remove();
            run.nowUs = next.atUs();
            next.action().run();
        }
        return history.last(EndedJobHistory.MOST_HOURS, run.nowUs, policy);
    }

    private void ended(EndedJob job) {
        history.add(job);
        open--;
    }

    private void at(long atUs, Runnable action) {
        queue.add(new Timed(atUs, sequence++, action));
    }

    private void in(long delayUs, Runnable action) {
        at(nowUs + delayUs, action);
    }

    private void observe(DispatchEvent event) {
        dispatcher.observe(event, nowUs);
        for (DispatchCommand command : dispatcher.decide(nowUs)) {
            in(LATENCY_US, () -> obey(command));
        }
    }

    private void beat() {
        workers.values().forEach(w -> {
            WorkerInfo info = new WorkerInfo(true, w.cores, Set.of(MODEL), "raw", "test");
            List<GrantRef> refs = w.grants.stream().map(LiveRun::ref).toList();
            observe(new DispatchEvent.Heartbeat(
                    w.id, 1, info, refs.isEmpty() ? null : refs.getFirst(), refs.size() < 2 ? null : refs.get(1)));
        });
        observe(new DispatchEvent.Tick());
        in(BEAT_US, this::beat);
    }

    private void submit(int position, int chunks) {
        String id = "job-" + position;
        left.put(id, chunks);
        JobDescriptor descriptor =
                new JobDescriptor(id, position, MODEL, Map.of(), (long) chunks * FRAMES, JobDescriptor.UNLIMITED);
        List<ChunkSpec> all = IntStream.range(0, chunks)
                .mapToObj(i -> new ChunkSpec(id, i, (long) i * FRAMES, FRAMES, 0, i, i, FRAMES))
                .toList();
        observe(new DispatchEvent.JobSubmitted(new BacklogJob(descriptor, chunks, true, all, 0, 0)));
    }

    private void obey(DispatchCommand command) {
        switch (command) {
            case DispatchCommand.Grant grant -> {
                Worker worker = workers.get(grant.worker());
                if (worker.grants.stream().noneMatch(g -> ref(g).equals(ref(grant)))) {
                    worker.grants.addLast(grant);
                    if (worker.grants.size() == 1) {
                        start(worker);
                    }
                }
            }
            case DispatchCommand.Revoke revoke -> {
                Worker worker = workers.get(revoke.worker());
                DispatchCommand.Grant running = worker.grants.peekFirst();
                if ((running == null || !ref(running).equals(revoke.grant()))
                        && worker.grants.removeIf(g -> ref(g).equals(revoke.grant()))) {
                    report(new DispatchEvent.Revoked(worker.id, 1, revoke.grant()));
                }
            }
            case DispatchCommand.DropJob ignored -> {
                // Its last chunk has ended: that is when the job does.
            }
            case DispatchCommand.GrantStream stream -> throw new AssertionError(stream);
            case DispatchCommand.StopStream stop -> throw new AssertionError(stop);
            case DispatchCommand.KeepDeaths kept -> throw new AssertionError(kept);
            case DispatchCommand.FailJob fail -> throw new AssertionError(fail.cause());
        }
    }

    private void start(Worker worker) {
        DispatchCommand.Grant grant = worker.grants.getFirst();
        report(new DispatchEvent.Started(worker.id, 1, ref(grant), nowUs));
        compute(worker, grant, grant.chunk().frames() * frameUs * (0.5 + random.nextDouble()));
    }

    /** Computes so many core-microseconds at the pace that a worker has, looking often at what that is. */
    private void compute(Worker worker, DispatchCommand.Grant grant, double left) {
        double pace = pool.sharing().enforced() ? Math.max(PARKED, dispatcher.pace(worker.id)) : worker.cores;
        double needs = left / pace;
        if (needs <= LOOK_US || !pool.sharing().enforced()) {
            in(Math.round(needs), () -> end(worker, grant));
        } else {
            in(LOOK_US, () -> compute(worker, grant, left - pace * LOOK_US));
        }
    }

    private void end(Worker worker, DispatchCommand.Grant grant) {
        worker.grants.removeFirst();
        String job = grant.chunk().job();
        List<DispatchEvent> told = new ArrayList<>();
        told.add(new DispatchEvent.ChunkCommitted(job, grant.chunk().index()));
        if (left.merge(job, -1, Integer::sum) == 0) {
            told.add(new DispatchEvent.JobEnded(job));
        }
        told.add(
                random.nextBoolean() ? 0 : told.size(),
                new DispatchEvent.Finished(
                        worker.id, 1, ref(grant), grant.chunk().frames(), nowUs));
        told.forEach(this::report);
        if (!worker.grants.isEmpty()) {
            start(worker);
        }
    }

    private void report(DispatchEvent event) {
        in(LATENCY_US, () -> observe(event));
    }

    private static GrantRef ref(DispatchCommand.Grant grant) {
        return new GrantRef(grant.chunk().job(), grant.chunk().index(), grant.attempt());
    }
}
