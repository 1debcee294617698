package io.framequota.scheduler.simulator;

import io.framequota.scheduler.dispatch.BacklogJob;
import io.framequota.scheduler.dispatch.ChunkSpec;
import io.framequota.scheduler.dispatch.JobDescriptor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** A job of a {@link DispatchSimulation}, cut into chunks as ingest-service would, and its outcome. */
final class SimulatedJob {
    /** Frames per CPU second: enough for chunks of a few milliseconds. */
    static final double FRAMES_PER_SECOND = 1000;

    static final String MODEL = "simulated";

    final Arrival arrival;
    final String id;
    private final JobDescriptor descriptor;
    private final long attainedFrames;
    private final int[] frames;
    private final double[] sizesS;
    private int committed;

    /** When its first chunk started, infinite before. */
    double startS = Double.POSITIVE_INFINITY;
    /** When it ended, infinite before. */
    double endS = Double.POSITIVE_INFINITY;
    /** The response that was forecast at its arrival, NaN if none was. */
    double forecastS = Double.NaN;
    /** Whether the policy refused it. */
    boolean refused;

    private SimulatedJob(
            Arrival arrival, JobDescriptor descriptor, long attainedFrames, int[] frames, double[] sizesS) {
        this.arrival = arrival;
        this.id = descriptor.id();
        this.descriptor = descriptor;
        this.attainedFrames = attainedFrames;
        this.frames = frames;
        this.sizesS = sizesS;
    }

    /** A complete job in equal chunks of at most {@code chunkS} CPU seconds. */
    static SimulatedJob whole(Arrival arrival, long position, double chunkS, int parallelism) {
        int chunks = arrival.chunks(chunkS);
        int[] frames = new int[chunks];
        double[] sizesS = new double[chunks];
        Arrays.fill(frames, (int) Math.max(1, Math.round(arrival.sizeS() / chunks * FRAMES_PER_SECOND)));
        Arrays.fill(sizesS, arrival.sizeS() / chunks);
        JobDescriptor descriptor = new JobDescriptor(
                Long.toString(arrival.id()),
                position,
                MODEL,
                arrival.labels(),
                (long) chunks * frames[0],
                Math.min(parallelism, arrival.parallelism()));
        return new SimulatedJob(arrival, descriptor, 0, frames, sizesS);
    }

    /**
     * The rest of a job.
     *
     * @param arrival its time is the time from which chunks can be granted
     * @param attainedFrames frames that were inferred before
     * @param frames frames of each chunk left
     * @param sizesS CPU seconds of each chunk left
     */
    static SimulatedJob left(
            Arrival arrival, JobDescriptor descriptor, long attainedFrames, int[] frames, double[] sizesS) {
        return new SimulatedJob(arrival, descriptor, attainedFrames, frames, sizesS);
    }

    String model() {
        return descriptor.model();
    }

    /** Frames of a chunk. */
    int frames(int chunk) {
        return frames[chunk];
    }

    /** CPU seconds of a chunk. */
    double chunkS(int chunk) {
        return sizesS[chunk];
    }

    /** The job with all its chunks decoded. */
    BacklogJob state() {
        return state(0);
    }

    /** The same; the numbers of further attempts are above {@code attemptsBase}. */
    BacklogJob state(int attemptsBase) {
        long[] first = {attainedFrames};
        List<ChunkSpec> open = IntStream.range(0, frames.length)
                .mapToObj(i -> {
                    first[0] += frames[i];
                    return new ChunkSpec(id, i, first[0] - frames[i], frames[i], 0, i, i, frames[i]);
                })
                .toList();
        return new BacklogJob(descriptor, frames.length, true, open, attainedFrames, attemptsBase);
    }

    /** The job before any of these chunks is decoded. */
    BacklogJob announced() {
        return new BacklogJob(descriptor, 0, false, List.of(), attainedFrames, 0);
    }

    /** Counts a committed chunk. Returns whether it was the last one. */
    boolean commit() {
        return ++committed == frames.length;
    }
}
