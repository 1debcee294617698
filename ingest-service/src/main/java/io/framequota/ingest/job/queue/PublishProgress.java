package io.framequota.ingest.job.queue;

import io.framequota.contract.control.Chunk;
import io.framequota.contract.control.Probed;
import io.framequota.contract.frame.Projection;
import io.framequota.ingest.chunk.ChunkRecorder;
import io.framequota.ingest.chunk.ChunkRoom.Reservation;
import io.framequota.ingest.chunk.ChunkingRequest;
import io.framequota.ingest.chunk.ResumePoint;
import io.framequota.ingest.chunk.WrittenChunk;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.JobSpec;
import io.framequota.ingest.job.KnownChunk;
import io.framequota.ingest.job.ledger.JobLedger;
import io.framequota.media.decode.VideoInfo;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Records in the ledger what is written of one job, and corrects the job's length while it is decoded. For one thread. */
final class PublishProgress implements ChunkRecorder {
    private final Job job;
    private final JobLedger ledger;
    private final BooleanSupplier stopRequested;
    private boolean finished;
    private Runnable onFirstChunk = () -> {};
    private final FrameCountEstimate length;

    PublishProgress(Job job, JobLedger ledger, BooleanSupplier stopRequested) {
        this.job = job;
        this.ledger = ledger;
        this.stopRequested = stopRequested;
        this.length = new FrameCountEstimate(job.spec().every(), job.progress().probed());
    }

    /**
     * The chunks of a job that still have to be written.
     *
     * @param known every known chunk of the job, by index
     * @param found warnings about the source as a whole
     */
    static ChunkingRequest request(Job job, Path video, List<KnownChunk> known, List<String> found) {
        JobSpec spec = job.spec();
        boolean packets = job.progress().packets();
        Projection projection = job.projection().orElse(Projection.FLAT);
        Set<Integer> skip = known.stream()
                .filter(k -> k.state() != KnownChunk.State.DROPPED)
                .map(k -> k.chunk().getIndex())
                .collect(Collectors.toSet());
        // Packets are read from the start, which costs little.
        ResumePoint resume = packets ? null : resumePoint(spec, known);
        return new ChunkingRequest(
                spec.id(),
                video,
                spec.model(),
                spec.every(),
                spec.limits(projection),
                resume,
                skip,
                // A pass from the first frame finds every warning again.
                resume == null ? found : job.progress().warnings(),
                spec.stream(),
                packets,
                job.projection().or(spec::projection),
                spec.longestGroup(projection));
    }

    /**
     * Decoding resumes at the first missing chunk. Its anchor is that chunk's first frame if the chunk was written before, else the
     * first frame of the chunk before it.
     */
    private static @Nullable ResumePoint resumePoint(JobSpec spec, List<KnownChunk> known) {
        KnownChunk last = null;
        for (KnownChunk k : known) {
            Chunk c = k.chunk();
            int next = last == null ? 0 : last.chunk().getIndex() + 1;
            if (c.getIndex() != next) {
                break;
            }
            if (k.state() == KnownChunk.State.DROPPED) {
                return c.getIndex() == 0
                        ? null
                        : new ResumePoint(c.getIndex(), c.getFirstFrame(), c.getFirstFrame(), k.firstPtsMs());
            }
            last = k;
        }
        if (last == null) {
            return null;
        }
        Chunk c = last.chunk();
        long nextFrame = c.getFirstFrame() + (c.getFrames() - 1L) * spec.every() + 1;
        return new ResumePoint(c.getIndex() + 1, nextFrame, c.getFirstFrame(), last.firstPtsMs());
    }

    /** @param action called when the first chunk is written, which shows that the source can be decoded */
    void onFirstChunk(Runnable action) {
        onFirstChunk = action;
    }

    @Override
    public void opened(VideoInfo info) {
        Probed seen = ledger.probed(job, info);
        Probed recorded = length.recorded();
        Probed now = recorded == null ? seen : withSizes(recorded, seen);
        if (!now.equals(recorded)) {
            record(now);
        }
    }

    /** Keeps the recorded length, which may be counted by now, and takes the sizes of an upright, decoded picture. */
    private static Probed withSizes(Probed recorded, Probed seen) {
        return recorded.toBuilder()
                .setWidth(seen.getWidth())
                .setHeight(seen.getHeight())
                .setPictureWidth(seen.getPictureWidth())
                .setPictureHeight(seen.getPictureHeight())
                .build();
    }

    private void record(Probed probed) {
        ledger.updateProbed(job.id(), probed);
        length.setRecorded(probed);
    }

    @Override
    public void written(WrittenChunk chunk, Reservation room) {
        onFirstChunk.run();
        boolean wantsMore = ledger.addChunk(chunk);
        room.close();
        if (!wantsMore) {
            finished = true;
            return;
        }
        Chunk c = chunk.chunk();
        Probed better = length.onChunk(c.getFirstFrame(), c.getFrames(), chunk.firstPtsMs());
        if (better != null) {
            record(better);
        }
    }

    @Override
    public boolean stopped() {
        return finished || stopRequested.getAsBoolean();
    }
}
