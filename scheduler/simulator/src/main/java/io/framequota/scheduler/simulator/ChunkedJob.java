package io.framequota.scheduler.simulator;

import io.framequota.scheduler.dispatch.ChunkSpec;
import io.framequota.scheduler.dispatch.JobSpec;
import io.framequota.scheduler.dispatch.JobState;
import java.util.List;
import java.util.stream.IntStream;

/** A job cut into chunks, as ingest would have cut it. */
final class ChunkedJob {
    /** Frames of a CPU second: fine enough for chunks of a few milliseconds. */
    static final double FRAMES_PER_SECOND = 1000;

    static final String MODEL = "simulated";

    final Arrival arrival;
    final String id;
    private final int chunks;
    private final int frames;
    private final JobSpec spec;
    private int committed;

    ChunkedJob(Arrival arrival, long position, double chunkS, int parallelism) {
        this.arrival = arrival;
        id = Long.toString(arrival.id());
        chunks = arrival.chunks(chunkS);
        frames = (int) Math.max(1, Math.round(arrival.sizeS() / chunks * FRAMES_PER_SECOND));
        spec = new JobSpec(
                id,
                position,
                MODEL,
                arrival.labels(),
                (long) chunks * frames,
                Math.min(parallelism, arrival.parallelism()));
    }

    /** CPU seconds of each chunk: they are all alike. */
    double chunkS() {
        return arrival.sizeS() / chunks;
    }

    /** The job, whole and decoded. */
    JobState state() {
        List<ChunkSpec> open = IntStream.range(0, chunks)
                .mapToObj(i -> new ChunkSpec(id, i, (long) i * frames, frames, 0, i, i, frames))
                .toList();
        return new JobState(spec, chunks, true, open, 0, 0);
    }

    /** One more chunk is safe; whether it was the last. */
    boolean commit() {
        return ++committed == chunks;
    }
}
