package io.framequota.ingest.encode;

import java.io.IOException;
import java.nio.file.Path;

/** Writes pictures as H.264 in MP4. For one thread at a time; owns native memory until it is closed. */
public interface VideoEncoder extends AutoCloseable {
    /**
     * Adds a picture.
     *
     * @param bgr rows of 3-byte pixels without padding, of the size the encoder was opened with
     * @param ms time of the picture. The first time becomes the beginning of the file; a time that is not after the one before is
     *     moved just behind it
     * @throws IOException when the file cannot be written
     */
    void add(byte[] bgr, double ms) throws IOException;

    /**
     * Writes the rest of the file, which is complete afterwards.
     *
     * @throws IOException when the file cannot be written
     */
    void finish() throws IOException;

    /** Frees the memory and closes the file, which is no video unless {@link #finish} was called. */
    @Override
    void close();

    /** Makes encoders. */
    interface Factory {
        /**
         * Opens a file for writing. Pictures with odd sides, or sides below 16 pixels, are extended at the right and below by
         * repeating the edge. Pictures larger than H.264 encoders allow (4096 x 2304) are scaled down.
         *
         * @param width of the pictures to come
         * @param height of the pictures to come
         * @param fps expected pictures per second, for the bit rate
         * @param primaries colour primaries that the file states, a code point of ITU-T H.273
         * @param transfer transfer characteristics that the file states, a code point of ITU-T H.273
         * @throws IOException when the file cannot be written
         */
        VideoEncoder open(Path mp4, int width, int height, double fps, int primaries, int transfer) throws IOException;

        /** The same for pictures made for a screen: primaries and transfer characteristics are those of BT.709. */
        default VideoEncoder open(Path mp4, int width, int height, double fps) throws IOException {
            return open(mp4, width, height, fps, 1, 1);
        }
    }
}
