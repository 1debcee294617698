package io.framequota.scheduler.dispatch;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A worker that follows the contract: one running and one waiting grant; commands may be repeated. */
final class VirtualWorker {
    final String name;
    String instance;
    boolean alive = true;
    /** What it shares with other workers; empty for a process of its own. */
    String process = "";

    boolean ready = true;
    boolean listening = true;
    Set<String> models = Set.of(VirtualCluster.MODEL);
    DispatchCommand.@Nullable Grant running;
    DispatchCommand.@Nullable Grant waiting;
    /** Finished grants of this process, to answer repeated commands. */
    final Map<GrantRef, String> done = new HashMap<>();

    final Set<String> dropped = new HashSet<>();
    /** The streams that it infers, by job. */
    final Map<String, DispatchCommand.GrantStream> streams = new LinkedHashMap<>();

    private final VirtualCluster cluster;
    private int instances;

    VirtualWorker(VirtualCluster cluster, String name) {
        this.cluster = cluster;
        this.name = name;
        this.instance = name + "#0";
    }

    WorkerId id() {
        return new WorkerId(name, instance);
    }

    static GrantRef ref(DispatchCommand.Grant grant) {
        return new GrantRef(grant.chunk().job(), grant.chunk().index(), grant.attempt());
    }

    void on(DispatchCommand command) {
        if (!alive || !listening) {
            return;
        }
        switch (command) {
            case DispatchCommand.Grant grant -> grant(grant);
            case DispatchCommand.Revoke revoke -> revoke(revoke.grant());
            case DispatchCommand.DropJob drop -> drop(drop.job());
            case DispatchCommand.GrantStream stream -> streams.put(stream.job(), stream);
            case DispatchCommand.StopStream stop -> streams.remove(stop.job());
            case DispatchCommand.KeepDeaths ignored -> throw new AssertionError("not for a worker");
            case DispatchCommand.FailJob ignored -> throw new AssertionError("not for a worker");
        }
    }

    private void grant(DispatchCommand.Grant grant) {
        GrantRef ref = ref(grant);
        if (done.containsKey(ref) || holds(running, ref) || holds(waiting, ref)) {
            return;
        }
        if (running == null) {
            start(grant);
        } else if (waiting == null) {
            waiting = grant;
        } else {
            throw new AssertionError(
                    name + " holds " + ref(running) + " and " + ref(waiting) + " and is granted " + ref);
        }
    }

    private void start(DispatchCommand.Grant grant) {
        running = grant;
        String at = instance;
        cluster.report(new DispatchEvent.Started(id(), cluster.epoch, ref(grant), cluster.now));
        cluster.begins.accept(this, grant);
        cluster.in(cluster.duration(grant), () -> {
            if (alive && instance.equals(at) && running == grant) {
                end(grant);
            }
        });
    }

    private void end(DispatchCommand.Grant grant) {
        running = null;
        if (cluster.failsNext(grant)) {
            done.put(ref(grant), "failed");
            cluster.report(new DispatchEvent.Failed(id(), cluster.epoch, ref(grant), "test", false));
        } else {
            done.put(ref(grant), "finished");
            cluster.result(grant);
            cluster.report(new DispatchEvent.Finished(
                    id(), cluster.epoch, ref(grant), grant.chunk().frames(), cluster.now));
        }
        next();
    }

    private void next() {
        DispatchCommand.Grant following = waiting;
        waiting = null;
        if (following != null) {
            start(following);
        }
    }

    private void revoke(GrantRef ref) {
        if (holds(running, ref)) {
            cluster.report(new DispatchEvent.Started(id(), cluster.epoch, ref, cluster.now));
        } else if (!done.getOrDefault(ref, "").equals("finished")) {
            if (holds(waiting, ref)) {
                waiting = null;
            }
            done.put(ref, "revoked");
            cluster.report(new DispatchEvent.Revoked(id(), cluster.epoch, ref));
        }
    }

    private void drop(String job) {
        dropped.add(job);
        DispatchCommand.Grant second = waiting;
        if (second != null && second.chunk().job().equals(job)) {
            waiting = null;
        }
        DispatchCommand.Grant first = running;
        if (first != null && first.chunk().job().equals(job)) {
            running = null;
            next();
        }
    }

    void beat() {
        if (alive) {
            cluster.report(new DispatchEvent.Heartbeat(
                    id(),
                    cluster.epoch,
                    new WorkerInfo(ready && listening, 1, models, "raw", "test", process),
                    running == null ? null : ref(running),
                    waiting == null ? null : ref(waiting),
                    streams.keySet().stream()
                            .map(job -> new StreamReport(job, 0, 0, 0, ""))
                            .toList()));
        }
    }

    /** Kills the process. Its grants are gone. */
    void kill() {
        alive = false;
        running = null;
        waiting = null;
        streams.clear();
    }

    /** Stops the process in an orderly way. */
    void leave() {
        if (alive) {
            kill();
            cluster.report(new DispatchEvent.Leaving(id(), cluster.epoch));
        }
    }

    /** Starts a new process with the same name. */
    void restart() {
        kill();
        alive = true;
        instance = name + "#" + ++instances;
        done.clear();
        // As a real one does: it says that it is there before commands reach it, so none that were meant for another
        // do.
        listening = false;
        beat();
        String at = instance;
        cluster.in(2 * cluster.latency + 1, () -> {
            if (alive && instance.equals(at)) {
                listening = true;
                beat();
            }
        });
    }

    private static boolean holds(DispatchCommand.@Nullable Grant grant, GrantRef ref) {
        return grant != null && ref(grant).equals(ref);
    }
}
