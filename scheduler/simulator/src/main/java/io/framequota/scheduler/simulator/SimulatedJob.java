package io.framequota.scheduler.simulator;

import io.framequota.scheduler.dispatch.BacklogJob;
import io.framequota.scheduler.dispatch.ChunkSpec;
import io.framequota.scheduler.dispatch.JobDescriptor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** A job cut into chunks, as ingest would have cut it, and what became of it. */
final class SimulatedJob {
    /** Frames of a CPU second: fine enough for chunks of a few milliseconds. */
    static final double FRAMES_PER_SECOND = 1000;

    static final String MODEL = "simulated";

    final Arrival arrival;
    final String id;
    private final JobDescriptor spec;
    private final long attainedFrames;
    private final int[] frames;
    private final double[] sizesS;
    private int committed;

    /** When its first chunk was started, infinite before. */
    double startS = Double.POSITIVE_INFINITY;
    /** When it ended, infinite before. */
    double endS = Double.POSITIVE_INFINITY;
    /** Its response as forecast when it came, NaN when nobody asked. */
    double forecastS = Double.NaN;
    /** Whether the policy refused it. */
    boolean refused;

    private SimulatedJob(Arrival arrival, JobDescriptor spec, long attainedFrames, int[] frames, double[] sizesS) {
        this.arrival = arrival;
        this.id = spec.id();
        this.spec = spec;
        this.attainedFrames = attainedFrames;
        this.frames = frames;
        this.sizesS = sizesS;
    }

    /** A whole job in equal chunks of at most {@code chunkS} CPU seconds. */
    static SimulatedJob whole(Arrival arrival, long position, double chunkS, int parallelism) {
        int chunks = arrival.chunks(chunkS);
        int[] frames = new int[chunks];
        double[] sizesS = new double[chunks];
        Arrays.fill(frames, (int) Math.max(1, Math.round(arrival.sizeS() / chunks * FRAMES_PER_SECOND)));
        Arrays.fill(sizesS, arrival.sizeS() / chunks);
        JobDescriptor spec = new JobDescriptor(
                Long.toString(arrival.id()),
                position,
                MODEL,
                arrival.labels(),
                (long) chunks * frames[0],
                Math.min(parallelism, arrival.parallelism()));
        return new SimulatedJob(arrival, spec, 0, frames, sizesS);
    }

    /**
     * What is left of a job.
     *
     * @param arrival at the time from which its chunks can be granted
     * @param attainedFrames inferred before
     * @param frames of each chunk that is left
     * @param sizesS CPU seconds of each
     */
    static SimulatedJob left(Arrival arrival, JobDescriptor spec, long attainedFrames, int[] frames, double[] sizesS) {
        return new SimulatedJob(arrival, spec, attainedFrames, frames, sizesS);
    }

    String model() {
        return spec.model();
    }

    /** CPU seconds of a chunk. */
    double chunkS(int chunk) {
        return sizesS[chunk];
    }

    /** The job, decoded as far as it goes. */
    BacklogJob state() {
        return state(0);
    }

    /** The same with attempts above a base. */
    BacklogJob state(int attemptsBase) {
        long[] first = {attainedFrames};
        List<ChunkSpec> open = IntStream.range(0, frames.length)
                .mapToObj(i -> {
                    first[0] += frames[i];
                    return new ChunkSpec(id, i, first[0] - frames[i], frames[i], 0, i, i, frames[i]);
                })
                .toList();
        return new BacklogJob(spec, frames.length, true, open, attainedFrames, attemptsBase);
    }

    /** The job before any of these chunks is there. */
    BacklogJob announced() {
        return new BacklogJob(spec, 0, false, List.of(), attainedFrames, 0);
    }

    /** One more chunk is safe; whether it was the last. */
    boolean commit() {
        return ++committed == frames.length;
    }
}
