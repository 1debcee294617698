package io.framequota.media.encode.ffmpeg;

/**
 * The size in which pictures of a given size are encoded.
 *
 * @param width of the pictures
 * @param height of the pictures
 * @param paddedWidth with the edge repeated: even and at least 16
 * @param paddedHeight with the edge repeated: even and at least 16
 * @param codedWidth after scaling down
 * @param codedHeight after scaling down
 */
record CodedSize(int width, int height, int paddedWidth, int paddedHeight, int codedWidth, int codedHeight) {
    private static final int MIN_SIDE = 16;

    static CodedSize of(int width, int height) {
        int w = Math.max(MIN_SIDE, width + width % 2);
        int h = Math.max(MIN_SIDE, height + height % 2);
        // The bounds hold for upright pictures too.
        double r = Math.min(
                1,
                Math.min(
                        (double) Mp4Encoder.MAX_LONG_SIDE / Math.max(w, h),
                        (double) Mp4Encoder.MAX_SHORT_SIDE / Math.min(w, h)));
        return new CodedSize(width, height, w, h, Math.max(MIN_SIDE, even(w * r)), Math.max(MIN_SIDE, even(h * r)));
    }

    private static int even(double size) {
        return (int) (size / 2) * 2;
    }
}
