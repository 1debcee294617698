package io.framequota.ingest.job;

import io.framequota.contract.control.LiveStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The progress of a live job, as far as its windows are committed.
 *
 * @param stream as it was opened last, null before the first time
 * @param open whether it is open now
 * @param gaps frames without a line, by cause
 */
public record LiveProgress(@Nullable LiveStream stream, boolean open, Map<String, Long> gaps) {
    /** The progress of a job that was never opened, and of one that is not live. */
    public static final LiveProgress NONE = new LiveProgress(null, false, Map.of());

    public LiveProgress {
        gaps = Map.copyOf(gaps);
    }
}
