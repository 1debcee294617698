package io.framequota.media.decode;

/**
 * What one source may ask for. Containers state sizes, and a source that states more than a limit is refused, by the name of the
 * limit's setting, before memory is allocated for it.
 *
 * @param tracks streams of a container, each tile of a tiled picture counted
 * @param samples entries of the indexes of all tracks together
 * @param pixels of one picture
 * @param metadataBytes texts and profiles inside a picture, uncompressed
 * @param entries texts, tags, chapters and attachments of a picture or a container
 */
public record SourceLimits(int tracks, long samples, long pixels, long metadataBytes, int entries) {
    /** The defaults of the settings. */
    public static final SourceLimits DEFAULT = new SourceLimits(256, 3_000_000, 8192L * 8192, 16L << 20, 4096);

    /** The same with another limit of the pixels. */
    public SourceLimits withPixels(long most) {
        return new SourceLimits(tracks, samples, most, metadataBytes, entries);
    }

    /** Refuses a source with more than {@link #tracks} tracks. */
    public void checkTracks(String name, long found) throws SourceException {
        check(name, found, tracks, "tracks, the limit FRAMEQUOTA_SOURCE_MAX_TRACKS; split it, or raise the limit");
    }

    /** Refuses a source with more than {@link #samples} samples. */
    public void checkSamples(String name, long found) throws SourceException {
        check(
                name,
                found,
                samples,
                "samples in its index, the limit FRAMEQUOTA_SOURCE_MAX_SAMPLES; split it, or raise the limit");
    }

    /** Refuses a source with more than {@link #entries} texts, tags, chapters and attachments. */
    public void checkEntries(String name, long found) throws SourceException {
        check(
                name,
                found,
                entries,
                "texts, tags, chapters and attachments, the limit FRAMEQUOTA_SOURCE_MAX_ENTRIES; remove some, or raise"
                        + " the limit");
    }

    private static void check(String name, long found, long limit, String whatAndRemedy) throws SourceException {
        if (found > limit) {
            throw new SourceException(name + " has more than " + limit + " " + whatAndRemedy);
        }
    }
}
