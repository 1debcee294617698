package io.framequota.scheduler.dispatch;

import io.framequota.scheduler.policy.Policies;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A dispatcher whose events the test scripts and whose commands it reads. Times are milliseconds. */
final class Bench {
    static final long EPOCH = 7;
    final DecisionLog log = new DecisionLog(100);
    final Dispatcher dispatcher;
    long nowMs = 1_000;
    private long arrivals;

    Bench(String policy) {
        this(policy, DispatcherSettings.UNCAPPED);
    }

    Bench(String policy, double budget) {
        this(policy, Map.of(), budget);
    }

    Bench(String policy, Map<String, String> parameters, double budget) {
        dispatcher = new Dispatcher(
                EPOCH, Policies.installed().choose(policy, parameters), DispatcherSettings.capped(budget), log);
    }

    /** Observes events, decides and returns the commands. */
    List<DispatchCommand> on(DispatchEvent... events) {
        for (DispatchEvent event : events) {
            dispatcher.observe(event, nowMs * 1000);
        }
        return dispatcher.decide(nowMs * 1000);
    }

    /** The same after some time. */
    List<DispatchCommand> after(long ms, DispatchEvent... events) {
        nowMs += ms;
        return on(events);
    }

    /** Advances the time with a tick and a heartbeat of each worker every 200 ms. */
    List<DispatchCommand> pass(long ms, DispatchEvent.Heartbeat... alive) {
        List<DispatchCommand> all = new ArrayList<>();
        for (long end = nowMs + ms; nowMs < end; ) {
            all.addAll(after(200, alive));
            all.addAll(on(new DispatchEvent.Tick()));
        }
        return all;
    }

    static WorkerId id(String name) {
        return new WorkerId(name, name + "-1");
    }

    static DispatchEvent.Heartbeat beat(
            WorkerId id, long epoch, @Nullable GrantRef running, @Nullable GrantRef waiting) {
        return new DispatchEvent.Heartbeat(id, epoch, info(true), running, waiting);
    }

    static DispatchEvent.Heartbeat beat(String name, GrantRef... held) {
        return beat(id(name), EPOCH, held.length > 0 ? held[0] : null, held.length > 1 ? held[1] : null);
    }

    static WorkerInfo info(boolean ready) {
        return info(ready, "m");
    }

    static WorkerInfo info(boolean ready, String... models) {
        return new WorkerInfo(ready, 1, Set.of(models), "raw", "test");
    }

    /** A heartbeat of a worker without grants. */
    static DispatchEvent.Heartbeat beat(String name, WorkerInfo info) {
        return new DispatchEvent.Heartbeat(id(name), EPOCH, info, null, null);
    }

    static DispatchEvent started(String worker, GrantRef ref) {
        return new DispatchEvent.Started(id(worker), EPOCH, ref, 0);
    }

    static DispatchEvent finished(String worker, GrantRef ref) {
        return finished(worker, ref, 10);
    }

    static DispatchEvent finished(String worker, GrantRef ref, int frames) {
        return new DispatchEvent.Finished(id(worker), EPOCH, ref, frames, 0);
    }

    static DispatchEvent revoked(String worker, GrantRef ref) {
        return new DispatchEvent.Revoked(id(worker), EPOCH, ref);
    }

    static DispatchEvent failed(String worker, GrantRef ref, boolean permanent) {
        return new DispatchEvent.Failed(id(worker), EPOCH, ref, "no", permanent);
    }

    static GrantRef ref(String job, int chunk, int attempt) {
        return new GrantRef(job, chunk, attempt);
    }

    static ChunkSpec chunk(String job, int index) {
        return new ChunkSpec(job, index, index * 10L, 10, 3, index * 10L, index * 10L + 9, 1000);
    }

    JobDescriptor descriptor(String id) {
        return descriptor(id, "m");
    }

    JobDescriptor descriptor(String id, String model) {
        return new JobDescriptor(id, ++arrivals, model, Map.of(), 0, JobDescriptor.UNLIMITED);
    }

    /** A completely decoded job with only open chunks. */
    DispatchEvent job(String id, int chunks) {
        return job(id, "m", chunks);
    }

    DispatchEvent job(String id, String model, int chunks) {
        return new DispatchEvent.JobSubmitted(
                new BacklogJob(descriptor(id, model), chunks, true, chunks(id, chunks), 0, 0));
    }

    static List<ChunkSpec> chunks(String id, int chunks) {
        return IntStream.range(0, chunks).mapToObj(i -> chunk(id, i)).toList();
    }

    /** The grants among the commands. */
    static List<GrantRef> grants(List<DispatchCommand> commands) {
        return commands.stream()
                .filter(c -> c instanceof DispatchCommand.Grant)
                .map(c -> VirtualWorker.ref((DispatchCommand.Grant) c))
                .toList();
    }

    static DispatchCommand.Grant grant(List<DispatchCommand> commands) {
        return commands.stream()
                .filter(c -> c instanceof DispatchCommand.Grant)
                .map(c -> (DispatchCommand.Grant) c)
                .findFirst()
                .orElseThrow();
    }
}
