package io.framequota.scheduler.dispatch;

import io.framequota.scheduler.policy.Policies;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** The production dispatcher with simulated workers and authority on a virtual clock. */
final class VirtualCluster {
    static final String MODEL = "m";
    static final long HEARTBEAT_US = 500_000;
    private static final long TICK_US = 250_000;

    private record Timed(long at, long sequence, Runnable action) {}

    /** A job of the workload: chunks of equal size, ready from the start or written one by one. */
    static final class Submitted {
        final JobDescriptor descriptor;
        final int chunks;
        final int frames;
        final TreeSet<Integer> committed = new TreeSet<>();
        /** Deaths of workers that the authority keeps, by chunk. */
        final Map<Integer, Integer> deaths = new LinkedHashMap<>();

        long endedAt = -1;
        String failure = "";
        /** Chunks that the authority has recorded. */
        int written;

        Submitted(JobDescriptor descriptor, int chunks, int frames) {
            this.descriptor = descriptor;
            this.chunks = chunks;
            this.frames = frames;
        }

        ChunkSpec chunk(int index) {
            written = Math.max(written, index + 1);
            return new ChunkSpec(
                    descriptor.id(),
                    index,
                    (long) index * frames,
                    frames,
                    0,
                    index * 100L,
                    index * 100L + frames - 1,
                    frames);
        }
    }

    final long epoch = 1;
    final DecisionLog log = new DecisionLog(100_000);
    Dispatcher dispatcher;
    final Map<String, VirtualWorker> workers = new LinkedHashMap<>();
    final Map<String, Submitted> jobs = new LinkedHashMap<>();
    /** The open live jobs, and the reasons of those that failed. */
    final Map<String, StreamJob> streams = new LinkedHashMap<>();

    final Map<String, String> failedStreams = new LinkedHashMap<>();
    final List<DispatchCommand> commands = new ArrayList<>();
    long now;
    /** Latency of a message in each direction, in microseconds. */
    long latency;
    /** Duration of one frame on one worker, in microseconds. */
    long frameUs = 1_000;
    /** Whether a grant fails. */
    Predicate<DispatchCommand.Grant> fails = g -> false;
    /** Whether a result is lost between its worker and the authority. */
    Predicate<DispatchCommand.Grant> loses = g -> false;
    /** Called when a worker begins with a grant. */
    BiConsumer<VirtualWorker, DispatchCommand.Grant> begins = (w, g) -> {};
    /** Repeats messages, some of them late; null for no repetitions. */
    Random copies;
    /** Called after every decision. */
    Runnable check = () -> {};

    private final PriorityQueue<Timed> queue = new PriorityQueue<>(
            (a, b) -> a.at != b.at ? Long.compare(a.at, b.at) : Long.compare(a.sequence, b.sequence));
    private long sequence;
    private long arrivals;
    private int ended;

    VirtualCluster(String policy, Map<String, String> parameters, int workers, double budget) {
        dispatcher = new Dispatcher(
                epoch, Policies.installed().choose(policy, parameters), DispatcherSettings.capped(budget), log);
        for (int i = 0; i < workers; i++) {
            VirtualWorker worker = new VirtualWorker(this, "worker-" + i);
            this.workers.put(worker.name, worker);
            in(0, worker::beat);
        }
        in(HEARTBEAT_US, this::beat);
        in(TICK_US, this::tick);
        runUntil(() -> dispatcher.status().workers().size() == workers, HEARTBEAT_US);
    }

    private void beat() {
        workers.values().forEach(VirtualWorker::beat);
        in(HEARTBEAT_US, this::beat);
    }

    private void tick() {
        observe(new DispatchEvent.Tick());
        if (dispatcher.missesResults()) {
            backlog();
        }
        in(TICK_US, this::tick);
    }

    void in(long delay, Runnable action) {
        queue.add(new Timed(now + delay, sequence++, action));
    }

    /** Gives the dispatcher an event now. Its commands reach the workers after the latency. */
    void observe(DispatchEvent... events) {
        for (DispatchEvent event : events) {
            dispatcher.observe(event, now);
        }
        for (DispatchCommand command : dispatcher.decide(now)) {
            commands.add(command);
            switch (command) {
                case DispatchCommand.Grant grant -> to(grant.worker(), command);
                case DispatchCommand.Revoke revoke -> to(revoke.worker(), command);
                case DispatchCommand.DropJob drop -> to(drop.worker(), command);
                case DispatchCommand.GrantStream stream -> to(stream.worker(), command);
                case DispatchCommand.StopStream stop -> to(stop.worker(), command);
                case DispatchCommand.KeepDeaths kept -> in(latency, () -> keep(kept));
                case DispatchCommand.FailJob fail -> in(latency, () -> fail(fail));
            }
        }
        check.run();
    }

    private void to(String worker, DispatchCommand command) {
        VirtualWorker target = workers.get(worker);
        in(latency, () -> target.on(command));
    }

    private void keep(DispatchCommand.KeepDeaths command) {
        Submitted job = jobs.get(command.job());
        if (job != null) {
            job.deaths.put(command.chunk(), command.deaths());
        }
    }

    private void fail(DispatchCommand.FailJob command) {
        if (streams.remove(command.job()) != null) {
            failedStreams.put(command.job(), command.cause());
            in(latency, () -> observe(new DispatchEvent.JobEnded(command.job())));
            return;
        }
        Submitted job = jobs.get(command.job());
        if (job == null) {
            return;
        }
        if (job.endedAt < 0) {
            ended++;
            job.endedAt = now;
            job.failure = command.cause();
            in(latency, () -> observe(new DispatchEvent.JobEnded(command.job())));
        }
    }

    void report(DispatchEvent event) {
        in(latency, () -> observe(event));
        if (copies != null && copies.nextInt(5) == 0) {
            in(latency + copies.nextInt(3_000_000), () -> observe(event));
        }
    }

    /** Sends an event with latency. */
    void fact(DispatchEvent.JobEvent fact) {
        report(fact);
    }

    /** Submits a live job whose stream is open. */
    void openStream(String id, StreamSpec spec) {
        streams.put(id, new StreamJob(id, ++arrivals, MODEL, 0, spec));
        fact(new DispatchEvent.StreamSubmitted(streams.get(id)));
    }

    /** The live job is cancelled. */
    void endStream(String id) {
        if (streams.remove(id) != null) {
            fact(new DispatchEvent.JobEnded(id));
        }
    }

    /** The authority's current backlog. */
    void backlog() {
        List<BacklogJob> open = new ArrayList<>();
        for (Submitted job : jobs.values()) {
            if (job.endedAt < 0) {
                List<ChunkSpec> chunks = new ArrayList<>();
                for (int i = 0; i < job.written; i++) {
                    if (!job.committed.contains(i)) {
                        chunks.add(job.chunk(i));
                    }
                }
                boolean decoded = job.written == job.chunks;
                open.add(new BacklogJob(
                        job.descriptor, job.written, decoded, chunks, Set.of(), 0, 0, Map.copyOf(job.deaths)));
            }
        }
        observe(new DispatchEvent.BacklogRead(open, List.copyOf(streams.values()), arrivals));
    }

    /** The authority commits a result and announces it. */
    void result(DispatchCommand.Grant grant) {
        Submitted job = jobs.get(grant.chunk().job());
        if (job.endedAt >= 0
                || loses.test(grant)
                || !job.committed.add(grant.chunk().index())) {
            return;
        }
        report(new DispatchEvent.ChunkCommitted(
                job.descriptor.id(), grant.chunk().index()));
        if (job.committed.size() == job.chunks) {
            ended++;
            job.endedAt = now;
            report(new DispatchEvent.JobEnded(job.descriptor.id()));
        }
    }

    long duration(DispatchCommand.Grant grant) {
        return grant.chunk().frames() * frameUs;
    }

    boolean failsNext(DispatchCommand.Grant grant) {
        return fails.test(grant);
    }

    /** Submits a job that is completely decoded. */
    Submitted submit(String id, int chunks, int frames) {
        Submitted job = announce(id, chunks, frames);
        for (int i = 0; i < chunks; i++) {
            observe(new DispatchEvent.ChunkReady(job.chunk(i)));
        }
        observe(new DispatchEvent.JobDecoded(id, chunks));
        return job;
    }

    /** Submits several jobs before the first decision. */
    void submitTogether(int count, int chunks, int frames) {
        List<DispatchEvent> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Submitted job = record("job-" + i, chunks, frames, Map.of());
            List<ChunkSpec> all = java.util.stream.IntStream.range(0, chunks)
                    .mapToObj(job::chunk)
                    .toList();
            events.add(new DispatchEvent.JobSubmitted(new BacklogJob(job.descriptor, chunks, true, all, 0, 0)));
        }
        observe(events.toArray(DispatchEvent[]::new));
    }

    /** Submits a job without chunks. */
    Submitted announce(String id, int chunks, int frames) {
        return announce(id, chunks, frames, Map.of());
    }

    /** The same with labels. */
    Submitted announce(String id, int chunks, int frames, Map<String, String> labels) {
        Submitted job = record(id, chunks, frames, labels);
        observe(new DispatchEvent.JobSubmitted(BacklogJob.submitted(job.descriptor)));
        return job;
    }

    private Submitted record(String id, int chunks, int frames, Map<String, String> labels) {
        JobDescriptor descriptor =
                new JobDescriptor(id, ++arrivals, MODEL, labels, (long) chunks * frames, JobDescriptor.UNLIMITED);
        Submitted job = new Submitted(descriptor, chunks, frames);
        jobs.put(id, job);
        return job;
    }

    /** Advances the time until the condition holds; fails at the limit. */
    void runUntil(BooleanSupplier condition, long limitUs) {
        long end = now + limitUs;
        while (!condition.getAsBoolean()) {
            Timed next = queue.poll();
            if (next == null || next.at > end) {
                throw new AssertionError("not within " + limitUs + " us; " + dispatcher.status());
            }
            now = next.at;
            next.action.run();
        }
    }

    void runFor(long us) {
        boolean[] over = new boolean[1];
        in(us, () -> over[0] = true);
        runUntil(() -> over[0], us + 1);
    }

    int ended() {
        return ended;
    }

    boolean allEnded() {
        return ended == jobs.size();
    }

    double meanResponseSeconds() {
        return jobs.values().stream().mapToLong(j -> j.endedAt).average().orElseThrow() / 1e6;
    }

    /** All grants, oldest first. */
    List<DispatchCommand.Grant> grants() {
        return commands.stream()
                .filter(c -> c instanceof DispatchCommand.Grant)
                .map(c -> (DispatchCommand.Grant) c)
                .toList();
    }
}
