package io.framequota.scheduler.dispatch;

import java.util.List;

/**
 * The active workers at one moment.
 *
 * @param cores cores of each worker
 * @param millicores that they can use together; less than their cores if shares are enforced and the budget is smaller
 * @param sharing whether their shares are enforced
 */
public record WorkerFleet(List<Integer> cores, double millicores, DispatchEvent.SharesEnforced sharing) {
    /** No workers. */
    static final WorkerFleet EMPTY = new WorkerFleet(List.of(), 0, DispatchEvent.SharesEnforced.NOT);

    public WorkerFleet {
        cores = List.copyOf(cores);
    }

    /** Workers that use all their cores in turns. */
    public static WorkerFleet inTurns(List<Integer> cores) {
        return new WorkerFleet(cores, 1000.0 * sum(cores), DispatchEvent.SharesEnforced.NOT);
    }

    private static int sum(List<Integer> cores) {
        return cores.stream().mapToInt(Integer::intValue).sum();
    }
}
