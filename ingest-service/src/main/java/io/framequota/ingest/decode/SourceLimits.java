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
 * @param entries texts, tags, chapters and attachments, of a picture or a container
 */
public record SourceLimits(int tracks, long samples, long pixels, long metadataBytes, int entries) {
    /** The settings' defaults. */
    public static final SourceLimits DEFAULT = new SourceLimits(256, 3_000_000, 8192L * 8192, 16L << 20, 4096);

    /** Refuses a source with too many tracks. */
    public void checkTracks(String name, long has) throws SourceException {
        check(name, has, tracks, "tracks", "FRAMEQUOTA_SOURCE_MAX_TRACKS");
    }

    /** Refuses a source with too many samples in its index. */
    public void checkSamples(String name, long has) throws SourceException {
        check(name, has, samples, "samples in its index", "FRAMEQUOTA_SOURCE_MAX_SAMPLES");
    }

    private static void check(String name, long has, long most, String what, String setting) throws SourceException {
        if (has > most) {
            throw new SourceException(name + " states more than " + most + " " + what + ", the limit " + setting
                    + "; split it, or raise the limit");
        }
    }

    /** Refuses a source with too many texts, tags, chapters and attachments. */
    public void checkEntries(String name, long has) throws SourceException {
        if (has > entries) {
            throw new SourceException(
                    name + " has more than " + entries + " texts, tags, chapters and attachments, the "
                            + "limit FRAMEQUOTA_SOURCE_MAX_ENTRIES; remove some, or raise the limit");
        }
    }

    /** The limits that the settings name. */
    public static SourceLimits of(IngestConfig config) {
        return new SourceLimits(
                config.sourceMaxTracks(),
                config.sourceMaxSamples(),
                config.sourceMaxPixels(),
                config.sourceMaxMetadata().asLongValue(),
                config.sourceMaxEntries());
    }
}
