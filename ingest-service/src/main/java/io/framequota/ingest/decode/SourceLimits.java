package io.framequota.ingest.decode;

import io.framequota.ingest.config.IngestConfig;

/**
 * What one source may ask for. Containers state sizes of their own; a source beyond a limit is refused by the limit's name
 * before memory is taken for it.
 *
 * @param tracks streams of a container, each tile of a tiled picture counted
 * @param samples entries of all tracks' indexes together
 * @param pixels of one picture
 * @param metadataBytes texts and profiles inside a picture, unpacked
 */
public record SourceLimits(int tracks, long samples, long pixels, long metadataBytes) {
    /** The settings' defaults. */
    public static final SourceLimits DEFAULT = new SourceLimits(256, 3_000_000, 8192L * 8192, 16L << 20);

    /** The limits that the settings name. */
    public static SourceLimits of(IngestConfig config) {
        return new SourceLimits(
                config.sourceMaxTracks(),
                config.sourceMaxSamples(),
                config.sourceMaxPixels(),
                config.sourceMaxMetadata().asLongValue());
    }
}
