package io.framequota.ingest.live;

import io.framequota.contract.control.AccessUnit;
import io.framequota.contract.control.CodecParameters;
import io.framequota.ingest.config.Threads;
import io.framequota.ingest.job.guard.ReadingGuard;
import io.framequota.ingest.store.StoreException;
import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.VideoInfo;
import io.framequota.media.live.LiveReader;
import java.time.Duration;
import java.util.List;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** A stream whose first seconds count against it if the process ends in them: see {@link ReadingGuard}. */
final class GuardedLiveReader implements LiveReader {
    private static final Logger LOG = Logger.getLogger(GuardedLiveReader.class);
    /** A stream that was read for so long is not what ends the process. */
    private static final Duration PROVEN = Duration.ofSeconds(10);

    private final LiveReader reader;
    private final ReadingGuard.Attempt attempt;
    private boolean proven;
    private final long openedAt = System.nanoTime();

    private GuardedLiveReader(LiveReader reader, ReadingGuard.Attempt attempt) {
        this.reader = reader;
        this.attempt = attempt;
    }

    /** Opens a stream of a job; without a guard while the database does not answer. */
    static LiveReader open(ReadingGuard guard, String job, Factory readers, Input input) throws SourceException {
        ReadingGuard.@Nullable Attempt attempt = begin(guard, job);
        if (attempt == null) {
            return readers.open(input);
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

    private static ReadingGuard.@Nullable Attempt begin(ReadingGuard guard, String job) throws SourceException {
        try {
            // A stream does not wait for the database once it is open.
            return guard.begin(
                    job, write -> Threads.virtual("guard-" + job, write).start());
        } catch (StoreException e) {
            LOG.warnf("job %s: an end of the process is not counted against this stream: %s", job, e.getMessage());
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SourceException("opening the stream was interrupted");
        }
    }

    @Override
    public boolean next() throws SourceException {
        boolean more = reader.next();
        if (more && !proven && System.nanoTime() - openedAt > PROVEN.toNanos()) {
            proven = true;
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
