package io.framequota.ingest.encode.ffmpeg;

/**
 * The size that is encoded for pictures of a size.
 *
 * @param width of the pictures
 * @param height of the pictures
 * @param paddedWidth with the edge repeated: even and at least 16
 * @param paddedHeight with the edge repeated: even and at least 16
 * @param codedWidth after scaling down
 * @param codedHeight after scaling down
 */
record CodedSize(int width, int height, int paddedWidth, int paddedHeight, int codedWidth, int codedHeight) {
    private static final int LEAST = 16;
    /** Level 5.2, the highest OpenH264 knows. */
    private static final int MOST_WIDE = 4096;

    private static final int MOST_HIGH = 2304;

    static CodedSize of(int width, int height) {
        int w = Math.max(LEAST, width + width % 2);
        int h = Math.max(LEAST, height + height % 2);
        // A picture may stand upright: the bounds hold for either way round.
        double r = Math.min(1, Math.min((double) MOST_WIDE / Math.max(w, h), (double) MOST_HIGH / Math.min(w, h)));
        return new CodedSize(width, height, w, h, Math.max(LEAST, even(w * r)), Math.max(LEAST, even(h * r)));
    }

    private static int even(double size) {
        return (int) (size / 2) * 2;
    }
}
