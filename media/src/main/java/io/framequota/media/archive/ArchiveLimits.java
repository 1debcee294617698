package io.framequota.media.archive;

/**
 * What one archive may ask for. Nothing is unpacked as a whole, so these bound time and the size of one file.
 *
 * @param entries files and folders of an archive
 * @param directoryBytes of the archive's own list of them, which is read as a whole
 * @param entryBytes of one file, uncompressed
 * @param totalBytes of all files, uncompressed
 * @param ratio uncompressed bytes for each byte of the archive; smaller archives than {@link #MODEST_BYTES} may have more
 */
public record ArchiveLimits(int entries, long directoryBytes, long entryBytes, long totalBytes, int ratio) {
    /** An archive may always hold as much as this, however well it is compressed. */
    public static final long MODEST_BYTES = 256L << 20;

    /** A day of pictures at one a second fits, and so does a recording of some minutes with four cameras and a laser scanner. */
    public static final ArchiveLimits DEFAULT = new ArchiveLimits(100_000, 8L << 20, 256L << 20, 1L << 40, 100);
}
