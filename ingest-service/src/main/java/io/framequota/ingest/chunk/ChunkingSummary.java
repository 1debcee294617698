package io.framequota.ingest.chunk;

import java.util.List;

/**
 * What a pass came to.
 *
 * @param frames of the source that were decoded, counted from its first one also when the pass was resumed
 * @param chunks of the source, skipped and earlier ones included
 * @param warnings one line each, for people, without repetition; those of the request first
 * @param stopped whether the listener ended the pass before the source did; then the numbers are those so far
 */
public record ChunkingSummary(long frames, int chunks, List<String> warnings, boolean stopped) {
    public ChunkingSummary {
        warnings = List.copyOf(warnings);
    }
}
