package io.framequota.ingest.job.queue;

import io.framequota.contract.control.Chunk;
import io.framequota.contract.control.Probed;
import io.framequota.ingest.chunk.ChunkLimits;
import io.framequota.ingest.chunk.ChunkRecorder;
import io.framequota.ingest.chunk.ChunkRoom.Reservation;
import io.framequota.ingest.chunk.ChunkingRequest;
import io.framequota.ingest.chunk.ResumePoint;
import io.framequota.ingest.chunk.WrittenChunk;
import io.framequota.ingest.decode.VideoInfo;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.JobSpec;
import io.framequota.ingest.job.KnownChunk;
import io.framequota.ingest.job.ledger.JobLedger;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Records one pass of one job in the ledger, and stops the pass when the job has ended. */
public final class PublishProgress implements ChunkRecorder {
    private final Job job;
    private final JobLedger ledger;
    private volatile boolean stopped;
    private Runnable proven = () -> {};
    private final FrameCountEstimate length;

    public PublishProgress(Job job, JobLedger ledger) {
        this.job = job;
        this.ledger = ledger;
        this.length = new FrameCountEstimate(job.spec().every(), job.tally().probed());
    }

    /**
     * Makes the request for the chunks that are still to be written.
     *
     * @param known every chunk of earlier passes, by index
     * @param warnings of earlier passes
     */
    static ChunkingRequest request(JobSpec spec, Path video, List<KnownChunk> known, List<String> warnings) {
        Set<Integer> there = new HashSet<>();
        known.stream()
                .filter(k -> k.state() != KnownChunk.State.DROPPED)
                .forEach(k -> there.add(k.chunk().getIndex()));
        ResumePoint resume = resume(spec, known);
        return new ChunkingRequest(
                spec.id(),
                video,
                spec.model(),
                spec.every(),
                new ChunkLimits(spec.chunkFrames(), spec.chunkBytes()),
                resume,
                there,
                // A pass from the first frame on finds all warnings itself.
                resume == null ? List.of() : warnings,
                spec.stream());
    }

    /** Resumes at the first missing chunk, by way of that chunk's first frame or of the last known chunk before it. */
    private static @Nullable ResumePoint resume(JobSpec spec, List<KnownChunk> known) {
        KnownChunk before = null;
        for (KnownChunk k : known) {
            Chunk c = k.chunk();
            int next = before == null ? 0 : before.chunk().getIndex() + 1;
            if (c.getIndex() != next) {
                break;
            }
            if (k.state() == KnownChunk.State.DROPPED) {
                return c.getIndex() == 0
                        ? null
                        : new ResumePoint(c.getIndex(), c.getFirstFrame(), c.getFirstFrame(), k.firstPtsMs());
            }
            before = k;
        }
        if (before == null) {
            return null;
        }
        Chunk c = before.chunk();
        long behind = c.getFirstFrame() + (c.getFrames() - 1L) * spec.every() + 1;
        return new ResumePoint(c.getIndex() + 1, behind, c.getFirstFrame(), before.firstPtsMs());
    }

    /** @param proven runs when the first chunk of the source is written */
    void proving(Runnable proven) {
        this.proven = proven;
    }

    void stop() {
        stopped = true;
    }

    @Override
    public void opened(VideoInfo info) {
        Probed seen = ledger.seen(job, info);
        Probed told = length.known();
        Probed now = told == null ? seen : sized(told, seen);
        if (!now.equals(told)) {
            ledger.probed(job.id(), now);
            length.told(now);
        }
    }

    /** The length as it is known, which may be counted by now, and the sizes as a decoded picture has them: upright. */
    private static Probed sized(Probed told, Probed seen) {
        return told.toBuilder()
                .setWidth(seen.getWidth())
                .setHeight(seen.getHeight())
                .setPictureWidth(seen.getPictureWidth())
                .setPictureHeight(seen.getPictureHeight())
                .build();
    }

    @Override
    public void written(WrittenChunk chunk, Reservation room) {
        proven.run();
        if (!ledger.written(chunk, room)) {
            stop();
            return;
        }
        Chunk written = chunk.chunk();
        Probed better = length.written(written.getFirstFrame(), written.getFrames(), chunk.firstPtsMs());
        if (better != null) {
            ledger.probed(job.id(), better);
            length.told(better);
        }
    }

    @Override
    public boolean stopped() {
        return stopped;
    }
}
