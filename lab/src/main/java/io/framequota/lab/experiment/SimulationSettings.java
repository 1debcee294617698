package io.framequota.lab.experiment;

/**
 * Settings of the simulator.
 *
 * @param staircase whether quotas are used up and refilled each period, as in the kernel; if not, shares are fluid
 * @param grid quotas are multiples of this many millicores; 0 for exact shares
 * @param parkMilli quota of a placed job without a share
 * @param handoverMs milliseconds from the end of a job until the next job has its cores
 * @param periodMs from one refill of a quota to the next
 * @param chunkS seconds of work in a chunk, for the dispatch actuator
 */
public record SimulationSettings(
        boolean staircase, int grid, double parkMilli, double handoverMs, double periodMs, double chunkS) {
    /** The file's defaults. */
    public static final SimulationSettings DEFAULT = new SimulationSettings(false, 0, 0, 0, 100, 0.02);

    /** The same with chunks of another size. */
    public SimulationSettings withChunks(double seconds) {
        return new SimulationSettings(staircase, grid, parkMilli, handoverMs, periodMs, seconds);
    }
}
