package io.framequota.scheduler.dispatch;

/**
 * The properties of a job's frames that affect their cost.
 *
 * @param width width of the image that the model computes on, in pixels; 0 if unknown
 * @param height height of the same image
 * @param transport how frames travel to workers: {@link #PACKETS}, {@link #PIXELS} or, for example, {@code jpeg-95};
 *     empty if unknown
 * @param decoded what workers decode for a frame; {@link Decoded#NOTHING} unless packets travel
 */
public record FrameFormat(int width, int height, String transport, Decoded decoded) {
    /** The source's own encoded packets travel, and workers decode them. */
    public static final String PACKETS = "packets";
    /** Decoded and scaled pictures travel. */
    public static final String PIXELS = "pixels";
    /** The name of {@link #PIXELS} in earlier releases, whose measurements may be stored. */
    private static final String RAW = "raw";

    /** Nothing is known about the frames. */
    public static final FrameFormat UNKNOWN = new FrameFormat(0, 0, "");

    /**
     * What workers decode.
     *
     * @param codec FFmpeg's name of the codec
     * @param width width of the source's picture, in pixels
     * @param height height of the source's picture
     * @param every number of frames that are decoded for each inferred one, at least 1
     */
    public record Decoded(String codec, int width, int height, int every) {
        /** Frames arrive decoded. */
        public static final Decoded NOTHING = new Decoded("", 0, 0, 1);

        /** Source pixels that are decoded for one inferred frame; 0 if unknown. */
        long pixels() {
            return (long) width * height * every;
        }
    }

    public FrameFormat {
        transport = transport.equals(RAW) ? PIXELS : transport;
        decoded = transport.equals(PACKETS) ? decoded : Decoded.NOTHING;
    }

    /** Frames that arrive decoded. */
    public FrameFormat(int width, int height, String transport) {
        this(width, height, transport, Decoded.NOTHING);
    }

    /** Pixels of one image; 0 if unknown. */
    public long pixels() {
        return (long) width * height;
    }

    /** Whether workers decode. Then a job's chunks do not wait for a decoder in front of them. */
    public boolean packets() {
        return transport.equals(PACKETS);
    }

    /**
     * About how far the costs of two formats are apart, as a logarithm of their ratio. The size of the image counts
     * most; decoding is a smaller part of the cost.
     */
    double distance(FrameFormat other) {
        double away = apart(pixels(), other.pixels());
        if (packets() != other.packets()) {
            return away + 0.2;
        }
        away += transport.equals(other.transport) ? 0 : 1e-3;
        away += decoded.codec.equals(other.decoded.codec) ? 0 : 0.05;
        return away + 0.1 * apart(decoded.pixels(), other.decoded.pixels());
    }

    /** Pixels of an image of this format, relative to one of another format; 1 if either is unknown. */
    double scaleOf(FrameFormat other) {
        return pixels() == 0 || other.pixels() == 0 ? 1 : (double) pixels() / other.pixels();
    }

    private static double apart(long a, long b) {
        return Math.abs(Math.log((double) Math.max(1, a) / Math.max(1, b)));
    }
}
