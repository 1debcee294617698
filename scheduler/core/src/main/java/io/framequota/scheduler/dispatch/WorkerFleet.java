package io.framequota.scheduler.dispatch;

import java.util.Collections;
import java.util.List;

/**
 * The active workers at one moment.
 *
 * @param cores cores of each worker
 * @param millicores that they can use together; less than their cores if shares are enforced and the budget is smaller
 * @param sharing whether their shares are enforced
 * @param reserved millicores of each worker that streams hold; {@code millicores} does not contain them
 */
public record WorkerFleet(
        List<Integer> cores, double millicores, DispatchEvent.SharesEnforced sharing, List<Integer> reserved) {
    /** No workers. */
    static final WorkerFleet EMPTY = new WorkerFleet(List.of(), 0, DispatchEvent.SharesEnforced.NOT);

    public WorkerFleet {
        cores = List.copyOf(cores);
        reserved = List.copyOf(reserved);
    }

    /** Workers without streams. */
    public WorkerFleet(List<Integer> cores, double millicores, DispatchEvent.SharesEnforced sharing) {
        this(cores, millicores, sharing, Collections.nCopies(cores.size(), 0));
    }

    /** The same workers, of which streams hold so many millicores. */
    WorkerFleet reserving(List<Integer> byWorker) {
        double held = 0;
        for (int i = 0; i < cores.size(); i++) {
            held += Math.min(1000 * cores.get(i), byWorker.get(i));
        }
        return new WorkerFleet(cores, millicores - held, sharing, byWorker);
    }

    /** Workers that use all their cores in turns. */
    public static WorkerFleet inTurns(List<Integer> cores) {
        return new WorkerFleet(cores, 1000.0 * sum(cores), DispatchEvent.SharesEnforced.NOT);
    }

    private static int sum(List<Integer> cores) {
        return cores.stream().mapToInt(Integer::intValue).sum();
    }
}
