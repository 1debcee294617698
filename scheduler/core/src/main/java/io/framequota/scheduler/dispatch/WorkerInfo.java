package io.framequota.scheduler.dispatch;

import java.util.Set;

/**
 * What a worker reports about itself.
 *
 * @param ready whether its inference server answers
 * @param cores requests that its inference server runs at once, at least 1
 * @param models names of the models it can run
 * @param transport how frames reach its inference server
 * @param server address and name of its inference server
 * @param process identifies the process that it shares with other workers, which die with it; empty for one of its own
 */
public record WorkerInfo(
        boolean ready, int cores, Set<String> models, String transport, String server, String process) {
    public WorkerInfo {
        models = Set.copyOf(models);
        cores = Math.max(1, cores);
    }

    /** A worker with a process of its own. */
    public WorkerInfo(boolean ready, int cores, Set<String> models, String transport, String server) {
        this(ready, cores, models, transport, server, "");
    }
}
