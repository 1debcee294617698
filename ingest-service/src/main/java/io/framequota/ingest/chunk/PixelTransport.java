package io.framequota.ingest.chunk;

import io.framequota.contract.frame.FrameMeta;
import io.framequota.contract.frame.FrameMeta.Encoding;

/**
 * The form in which decoded frames travel to workers: as raw pixels, or as JPEG pictures, which are smaller and cost accuracy (decision
 * 0180).
 *
 * @param quality of JPEG, 1 to 100; 0 for raw frames
 */
public record PixelTransport(int quality) implements FrameTransport {
    /** Raw frames. */
    public static final PixelTransport RAW = new PixelTransport(0);

    private static final int BEST = 100;

    /**
     * Parses the setting {@code FRAMEQUOTA_FRAMES_JPEG_QUALITY}.
     *
     * @throws IllegalArgumentException with one line for people when the text is not a number from 0 to 100
     */
    public static PixelTransport parse(String text) {
        try {
            int quality = Integer.parseInt(text.strip());
            if (quality >= 0 && quality <= BEST) {
                return new PixelTransport(quality);
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
        return isRaw() ? FrameMeta.MAX_VALUE_BYTES : FrameMeta.MAX_PIXEL_BYTES;
    }

    @Override
    public String label() {
        return isRaw() ? "pixels" : "jpeg-" + quality;
    }
}
