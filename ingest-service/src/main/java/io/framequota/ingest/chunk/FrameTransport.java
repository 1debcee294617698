package io.framequota.ingest.chunk;

import io.framequota.contract.frame.FrameMeta;
import io.framequota.contract.frame.FrameMeta.Encoding;
import io.framequota.contract.topic.Topics;

/**
 * The form in which frames travel to workers: as raw pixels, or as JPEG pictures, which are smaller and cost accuracy (decision
 * 0180).
 *
 * @param quality of JPEG, 1 to 100; 0 for raw frames
 */
public record FrameTransport(int quality) {
    /** Most bytes of a record's value: what headers and batch leave of a record. */
    public static final int MAX_VALUE_BYTES = Topics.MAX_RECORD_BYTES - 64 * 1024;

    /** Raw frames. */
    public static final FrameTransport RAW = new FrameTransport(0);

    private static final int BEST = 100;

    /**
     * Parses the setting {@code FRAMEQUOTA_FRAMES_JPEG_QUALITY}.
     *
     * @throws IllegalArgumentException with one line for people when the text is not a number from 0 to 100
     */
    public static FrameTransport parse(String text) {
        try {
            int quality = Integer.parseInt(text.strip());
            if (quality >= 0 && quality <= BEST) {
                return new FrameTransport(quality);
            }
        } catch (NumberFormatException e) {
            // Reported below.
        }
        throw new IllegalArgumentException(
                "'" + text + "' is not a JPEG quality; use 1 to " + BEST + ", or 0 for raw frames");
    }

    /** Whether frames travel as raw pixels. */
    public boolean isRaw() {
        return quality == 0;
    }

    /** The encoding that the records' headers state. */
    public Encoding encoding() {
        return isRaw() ? Encoding.RAW : Encoding.JPEG;
    }

    /** Most bytes that the raw pixels of a frame may have. */
    public int maxPixelBytes() {
        return isRaw() ? MAX_VALUE_BYTES : FrameMeta.MAX_PIXEL_BYTES;
    }

    /** The name shown to people and in a job's summary: {@code raw}, or for example {@code jpeg-95}. */
    public String label() {
        return isRaw() ? "raw" : "jpeg-" + quality;
    }
}
