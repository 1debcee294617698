package io.framequota.ingest.live;

import io.framequota.contract.control.AccessUnit;
import io.framequota.contract.control.CodecParameters;
import io.framequota.ingest.job.guard.ReadingGuard;
import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.VideoInfo;
import io.framequota.media.live.LiveReader;
import java.time.Duration;
import java.util.List;

/** A stream whose first seconds count against it if the process ends in them: see {@link ReadingGuard}. */
final class GuardedLiveReader implements LiveReader {
    /** A stream that was read for so long is not what ends the process. */
    private static final Duration PROVEN = Duration.ofSeconds(10);

    private final LiveReader reader;
    private final ReadingGuard.Attempt attempt;
    private final long openedAt = System.nanoTime();

    private GuardedLiveReader(LiveReader reader, ReadingGuard.Attempt attempt) {
        this.reader = reader;
        this.attempt = attempt;
    }

    /** Opens a stream of a job. */
    static LiveReader open(ReadingGuard guard, String job, Factory readers, Input input) throws SourceException {
        ReadingGuard.Attempt attempt;
        try {
            attempt = guard.begin(job);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SourceException("opening the stream was interrupted");
        }
        boolean opened = false;
        try {
            LiveReader reader = new GuardedLiveReader(readers.open(input), attempt);
            opened = true;
            return reader;
        } finally {
            if (!opened) {
                attempt.close();
            }
        }
    }

    @Override
    public boolean next() throws SourceException {
        boolean more = reader.next();
        if (more && System.nanoTime() - openedAt > PROVEN.toNanos()) {
            attempt.survived();
        }
        return more;
    }

    @Override
    public VideoInfo info() {
        return reader.info();
    }

    @Override
    public CodecParameters parameters() {
        return reader.parameters();
    }

    @Override
    public boolean parametersChanged() {
        return reader.parametersChanged();
    }

    @Override
    public AccessUnit.Builder unit() {
        return reader.unit();
    }

    @Override
    public List<String> warnings() {
        return reader.warnings();
    }

    @Override
    public void close() {
        reader.close();
        attempt.close();
    }
}
