package io.framequota.scheduler.dispatch;

import java.util.List;

/**
 * The workers that could run something at one moment.
 *
 * @param cores of each
 * @param millicores that they can use together; less than their cores where shares are enforced and the budget is smaller
 * @param sharing whether they are held to shares, or take turns
 */
public record WorkerFleet(List<Integer> cores, double millicores, DispatchEvent.SharesEnforced sharing) {
    /** No workers. */
    static final WorkerFleet EMPTY = new WorkerFleet(List.of(), 0, DispatchEvent.SharesEnforced.NOT);

    public WorkerFleet {
        cores = List.copyOf(cores);
    }

    /** Workers with all their cores, in turns. */
    public static WorkerFleet inTurns(List<Integer> cores) {
        return new WorkerFleet(cores, 1000.0 * sum(cores), DispatchEvent.SharesEnforced.NOT);
    }

    /** Cores of all of them, whatever of these they may use. */
    public int allCores() {
        return sum(cores);
    }

    private static int sum(List<Integer> cores) {
        return cores.stream().mapToInt(Integer::intValue).sum();
    }
}
