package io.framequota.ingest.job.queue;

import io.framequota.contract.control.Chunk;
import io.framequota.contract.control.Probed;
import io.framequota.ingest.chunk.ChunkListener;
import io.framequota.ingest.chunk.ChunkingRequest;
import io.framequota.ingest.chunk.ResumePoint;
import io.framequota.ingest.chunk.WrittenChunk;
import io.framequota.ingest.decode.VideoInfo;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.JobSpec;
import io.framequota.ingest.job.KnownChunk;
import io.framequota.ingest.job.ledger.JobLedger;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One pass of one job, as the publisher sees it. */
public final class PublishProgress implements ChunkListener {
    private final Job job;
    private final JobLedger ledger;
    private volatile boolean stopped;
    private Runnable proven = () -> {};
    /** Room taken for chunks that are not reported yet, oldest first. */
    private final Deque<Long> reserved = new ArrayDeque<>();

    private final FrameCountEstimate length;

    public PublishProgress(Job job, JobLedger ledger) {
        this.job = job;
        this.ledger = ledger;
        this.length = new FrameCountEstimate(job.spec().every(), job.tally().probed());
    }

    /**
     * What is still to be written.
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
                spec.chunkFrames(),
                spec.chunkBytes(),
                resume,
                there,
                // A pass that begins with the first frame finds everything itself.
                resume == null ? List.of() : warnings,
                spec.stream());
    }

    /** Where decoding goes on: at the first chunk that is not there, from it or from the last one known before it. */
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
                        : new ResumePoint(
                                c.getIndex(), c.getFirstFrame(), c.getIndex(), c.getFirstFrame(), k.firstPtsMs());
            }
            before = k;
        }
        if (before == null) {
            return null;
        }
        Chunk c = before.chunk();
        long behind = c.getFirstFrame() + (c.getFrames() - 1L) * spec.every() + 1;
        return new ResumePoint(c.getIndex() + 1, behind, c.getIndex(), c.getFirstFrame(), before.firstPtsMs());
    }

    /** @param proven told when the source has shown that it can be decoded, before this pass waits for others */
    void proving(Runnable proven) {
        this.proven = proven;
    }

    void stop() {
        stopped = true;
    }

    /** Gives back the room of chunks that were begun and not written. */
    public void close() {
        giveBackAllBut(0);
    }

    private void giveBackAllBut(int newest) {
        while (reserved.size() > newest) {
            ledger.giveBack(job.id(), reserved.remove());
        }
    }

    @Override
    public void opened(VideoInfo probe) {
        Probed seen = ledger.seen(job, probe);
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
    public boolean tryRoom(long bytes) {
        // At most one chunk waits for its acknowledgement: what is left beyond it was lost, and is written again.
        giveBackAllBut(1);
        boolean taken = ledger.tryRoom(job, bytes);
        if (taken) {
            reserved.add(bytes);
        }
        return taken;
    }

    @Override
    public void awaitRoom(long bytes) throws InterruptedException {
        proven.run();
        // Everything written is reported before this.
        close();
        ledger.awaitRoom(job, bytes, this::stopped);
        reserved.add(bytes);
    }

    @Override
    public void written(WrittenChunk chunk) {
        proven.run();
        Long room = reserved.peek();
        boolean goesOn = ledger.written(chunk, room == null ? 0 : room);
        // Not before the ledger has taken it over: what is left here is given back when the pass ends.
        reserved.poll();
        if (!goesOn) {
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
