package io.framequota.ingest.encode;

import java.io.IOException;
import java.nio.file.Path;

/** Writes pictures as H.264 in MP4. For one thread at a time; owns native memory until it is closed. */
public interface VideoEncoder extends AutoCloseable {
    /**
     * Adds a picture.
     *
     * @param bgr rows of 3-byte pixels without padding, of the size the encoder was opened with
     * @param ms time of the picture; the first one's becomes the file's beginning, and one that does not come after the
     *     last is moved just behind it
     * @throws IOException when the file cannot be written
     */
    void add(byte[] bgr, double ms) throws IOException;

    /**
     * Writes what is still missing; the file is complete afterwards.
     *
     * @throws IOException when the file cannot be written
     */
    void finish() throws IOException;

    /** Gives memory and file back; without {@link #finish} before, the file is no video. */
    @Override
    void close();

    /** Makes encoders. */
    interface Factory {
        /**
         * Opens a file for writing. Odd sides, and sides below 16 pixels, are filled up at the right and below by
         * repeating the edge; a picture beyond what H.264 encoders take (4096 x 2304) is scaled down.
         *
         * @param width of the pictures to come
         * @param height of the pictures to come
         * @param fps expected pictures per second, for the bit rate
         * @param primaries that the file states beside the matrix and range of its own conversion: a code point of ITU-T
         *     H.273, as is the next
         * @param transfer characteristics that the file states
         * @throws IOException when the file cannot be written
         */
        VideoEncoder open(Path mp4, int width, int height, double fps, int primaries, int transfer) throws IOException;

        /** The same for pictures made for a screen: BT.709 in both respects. */
        default VideoEncoder open(Path mp4, int width, int height, double fps) throws IOException {
            return open(mp4, width, height, fps, 1, 1);
        }
    }
}
