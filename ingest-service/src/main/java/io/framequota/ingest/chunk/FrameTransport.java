package io.framequota.ingest.chunk;

import io.framequota.contract.frame.FrameMeta;
import io.framequota.contract.frame.FrameMeta.Encoding;
import io.framequota.contract.topic.Topics;

/**
 * How frames travel to workers: raw, or each as a JPEG picture, which is smaller and costs accuracy (decision 0180).
 *
 * @param quality of JPEG, 1 to 100; 0 for raw frames
 */
public record FrameTransport(int quality) {
    /** What a record holds besides its headers and the batch around it. */
    public static final int MAX_VALUE_BYTES = Topics.MAX_RECORD_BYTES - 64 * 1024;

    /** Raw frames. */
    public static final FrameTransport RAW = new FrameTransport(0);

    private static final int BEST = 100;

    /**
     * Reads a setting.
     *
     * @throws IllegalArgumentException when it is none; one line for people
     */
    public static FrameTransport parse(String text) {
        try {
            int quality = Integer.parseInt(text.strip());
            if (quality >= 0 && quality <= BEST) {
                return new FrameTransport(quality);
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new IllegalArgumentException(
                "'" + text + "' is no quality of JPEG; give 1 to " + BEST + ", or 0 for raw frames");
    }

    /** Whether pixels travel as they are. */
    public boolean isRaw() {
        return quality == 0;
    }

    /** What the records say of their values. */
    public Encoding encoding() {
        return isRaw() ? Encoding.RAW : Encoding.JPEG;
    }

    /** Most bytes of a picture's pixels. */
    public int maxPixelBytes() {
        return isRaw() ? MAX_VALUE_BYTES : FrameMeta.MAX_PIXEL_BYTES;
    }

    /** For people and for a job's summary: {@code raw}, or {@code jpeg-95}. */
    public String label() {
        return isRaw() ? "raw" : "jpeg-" + quality;
    }
}
