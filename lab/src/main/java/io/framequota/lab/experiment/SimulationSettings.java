package io.framequota.lab.experiment;

/**
 * What the simulator models, and predicts with.
 *
 * @param staircase whether a quota is used up and refilled each period, as a kernel does; else shares flow
 * @param grid millicores that quotas are multiples of; 0 for exact shares
 * @param parkMilli quota of a placed job without a share
 * @param handoverMs from one job's end until the next has its cores
 * @param periodMs from one refill of a quota to the next
 * @param chunkS seconds of work in a chunk, for the dispatch actuator
 */
public record SimulationSettings(
        boolean staircase, int grid, double parkMilli, double handoverMs, double periodMs, double chunkS) {
    /** The file's defaults. */
    public static final SimulationSettings DEFAULT = new SimulationSettings(false, 0, 0, 0, 100, 0.02);

    /** The same with another handover. */
    public SimulationSettings withHandover(double ms) {
        return new SimulationSettings(staircase, grid, parkMilli, ms, periodMs, chunkS);
    }

    /** The same with chunks of another size. */
    public SimulationSettings withChunks(double seconds) {
        return new SimulationSettings(staircase, grid, parkMilli, handoverMs, periodMs, seconds);
    }
}
