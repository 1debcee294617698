package io.framequota.scheduler.shadow;

import io.framequota.scheduler.dispatch.ChunkSpec;
import io.framequota.scheduler.dispatch.Command;
import io.framequota.scheduler.dispatch.DecisionLog;
import io.framequota.scheduler.dispatch.Dispatcher;
import io.framequota.scheduler.dispatch.EndedJob;
import io.framequota.scheduler.dispatch.Event;
import io.framequota.scheduler.dispatch.GrantRef;
import io.framequota.scheduler.dispatch.JobSpec;
import io.framequota.scheduler.dispatch.JobState;
import io.framequota.scheduler.dispatch.Pool;
import io.framequota.scheduler.dispatch.Settings;
import io.framequota.scheduler.dispatch.WorkerId;
import io.framequota.scheduler.dispatch.WorkerInfo;
import io.framequota.scheduler.policy.ChosenPolicy;
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
        final ArrayDeque<Command.Grant> grants = new ArrayDeque<>();

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
    private final History history;
    private final Dispatcher dispatcher;
    private final Pool pool;
    private final long frameUs;
    private long nowUs;
    private long sequence;
    private int open;

    private LiveRun(ChosenPolicy policy, Pool pool, long frameUs, long seed, History history) {
        this.pool = pool;
        this.frameUs = frameUs;
        this.random = new Random(seed);
        this.history = history;
        double cap = pool.sharing().enforced() ? pool.millicores() : Settings.UNCAPPED;
        dispatcher = new Dispatcher(1, policy, Settings.capped(cap), new DecisionLog(10), this::ended);
        for (int i = 0; i < pool.cores().size(); i++) {
            Worker worker = new Worker("worker-" + i, pool.cores().get(i));
            workers.put(worker.id.name(), worker);
        }
    }

    /** Runs the jobs to their end and records them. */
    static Recording record(ChosenPolicy policy, Pool pool, long frameUs, List<Submission> jobs) {
        History history = new History();
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
        return history.last(History.MOST_HOURS, run.nowUs, policy);
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

    private void observe(Event event) {
        dispatcher.observe(event, nowUs);
        for (Command command : dispatcher.decide(nowUs)) {
            in(LATENCY_US, () -> obey(command));
        }
    }

    private void beat() {
        workers.values().forEach(w -> {
            WorkerInfo info = new WorkerInfo(true, w.cores, Set.of(MODEL), "raw", "test");
            List<GrantRef> refs = w.grants.stream().map(LiveRun::ref).toList();
            observe(new Event.Heartbeat(
                    w.id, 1, info, refs.isEmpty() ? null : refs.getFirst(), refs.size() < 2 ? null : refs.get(1)));
        });
        observe(new Event.Tick());
        in(BEAT_US, this::beat);
    }

    private void submit(int position, int chunks) {
        String id = "job-" + position;
        left.put(id, chunks);
        JobSpec spec = new JobSpec(id, position, MODEL, Map.of(), (long) chunks * FRAMES, JobSpec.UNLIMITED);
        List<ChunkSpec> all = IntStream.range(0, chunks)
                .mapToObj(i -> new ChunkSpec(id, i, (long) i * FRAMES, FRAMES, 0, i, i, FRAMES))
                .toList();
        observe(new Event.JobSubmitted(new JobState(spec, chunks, true, all, 0, 0)));
    }

    private void obey(Command command) {
        switch (command) {
            case Command.Grant grant -> {
                Worker worker = workers.get(grant.worker());
                if (worker.grants.stream().noneMatch(g -> ref(g).equals(ref(grant)))) {
                    worker.grants.addLast(grant);
                    if (worker.grants.size() == 1) {
                        start(worker);
                    }
                }
            }
            case Command.Revoke revoke -> {
                Worker worker = workers.get(revoke.worker());
                Command.Grant running = worker.grants.peekFirst();
                if ((running == null || !ref(running).equals(revoke.grant()))
                        && worker.grants.removeIf(g -> ref(g).equals(revoke.grant()))) {
                    report(new Event.Revoked(worker.id, 1, revoke.grant()));
                }
            }
            case Command.DropJob ignored -> {
                // Its last chunk has ended: that is when the job does.
            }
            case Command.FailJob fail -> throw new AssertionError(fail.cause());
        }
    }

    private void start(Worker worker) {
        Command.Grant grant = worker.grants.getFirst();
        report(new Event.Started(worker.id, 1, ref(grant), nowUs));
        compute(worker, grant, grant.chunk().frames() * frameUs * (0.5 + random.nextDouble()));
    }

    /** Computes so many core-microseconds at the pace that a worker has, looking often at what that is. */
    private void compute(Worker worker, Command.Grant grant, double left) {
        double pace = pool.sharing().enforced() ? Math.max(PARKED, dispatcher.pace(worker.id)) : worker.cores;
        double needs = left / pace;
        if (needs <= LOOK_US || !pool.sharing().enforced()) {
            in(Math.round(needs), () -> end(worker, grant));
        } else {
            in(LOOK_US, () -> compute(worker, grant, left - pace * LOOK_US));
        }
    }

    private void end(Worker worker, Command.Grant grant) {
        worker.grants.removeFirst();
        String job = grant.chunk().job();
        List<Event> told = new ArrayList<>();
        told.add(new Event.ChunkCommitted(job, grant.chunk().index()));
        if (left.merge(job, -1, Integer::sum) == 0) {
            told.add(new Event.JobEnded(job));
        }
        told.add(random.nextBoolean() ? 0 : told.size(), new Event.Finished(worker.id, 1, ref(grant), nowUs));
        told.forEach(this::report);
        if (!worker.grants.isEmpty()) {
            start(worker);
        }
    }

    private void report(Event event) {
        in(LATENCY_US, () -> observe(event));
    }

    private static GrantRef ref(Command.Grant grant) {
        return new GrantRef(grant.chunk().job(), grant.chunk().index(), grant.attempt());
    }
}
