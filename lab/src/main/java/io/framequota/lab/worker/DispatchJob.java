package io.framequota.lab.worker;

import io.framequota.scheduler.dispatch.BacklogJob;
import io.framequota.scheduler.dispatch.ChunkSpec;
import io.framequota.scheduler.dispatch.JobDescriptor;
import io.framequota.scheduler.simulator.Arrival;
import java.util.List;
import java.util.stream.IntStream;

/** A job of equal chunks, as the dispatcher sees it. */
final class DispatchJob {
    static final String MODEL = "burn";

    /** A frame stands for a millisecond of work, which suits chunks of a few milliseconds. */
    private static final double FRAMES_PER_SECOND = 1000;

    final Arrival arrival;
    private final int chunks;
    private final int frames;
    private final JobDescriptor descriptor;
    private int done;

    /** Number of workers that run a chunk of the job. */
    int running;

    DispatchJob(Arrival arrival, long position, double chunkS, int parallelism) {
        this.arrival = arrival;
        chunks = arrival.chunks(chunkS);
        frames = (int) Math.max(1, Math.round(arrival.sizeS() / chunks * FRAMES_PER_SECOND));
        descriptor = new JobDescriptor(id(), position, MODEL, arrival.labels(), (long) chunks * frames, parallelism);
    }

    String id() {
        return Long.toString(arrival.id());
    }

    /** Frames of each chunk. */
    int frames() {
        return frames;
    }

    /** Size of each chunk. */
    double chunkS() {
        return arrival.sizeS() / chunks;
    }

    /** The job with all its chunks. */
    BacklogJob state() {
        List<ChunkSpec> open = IntStream.range(0, chunks)
                .mapToObj(i -> new ChunkSpec(id(), i, (long) i * frames, frames, 0, i, i, frames))
                .toList();
        return new BacklogJob(descriptor, chunks, true, open, 0, 0);
    }

    /** Counts a finished chunk. Returns whether it was the last. */
    boolean done() {
        return ++done == chunks;
    }
}
