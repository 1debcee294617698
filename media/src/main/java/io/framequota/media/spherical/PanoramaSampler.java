package io.framequota.media.spherical;

/**
 * Takes colours out of the pixels of a 360° picture, bilinearly. The pixels may be a scaled copy of the picture. Immutable, so it may be
 * used by several threads.
 */
public final class PanoramaSampler {
    private final Panorama panorama;
    private final int width;
    private final int height;
    private final int channels;
    private final double scaleX;
    private final double scaleY;
    /** First and last column and row of each region; the columns of an equirectangular picture have no end. */
    private final int[][] regions;

    private final boolean round;

    /**
     * @param panorama the picture as the source has it
     * @param width of the pixels that are sampled
     * @param height of the pixels that are sampled
     * @param channels bytes of a pixel
     */
    public PanoramaSampler(Panorama panorama, int width, int height, int channels) {
        this.panorama = panorama;
        this.width = width;
        this.height = height;
        this.channels = channels;
        scaleX = (double) width / panorama.width();
        scaleY = (double) height / panorama.height();
        round = panorama.regions() == 1;
        regions = new int[panorama.regions()][];
        for (int i = 0; i < regions.length; i++) {
            double[] r = panorama.region(i);
            int left = (int) Math.min(width - 1, Math.round(r[0] * scaleX));
            int top = (int) Math.min(height - 1, Math.round(r[1] * scaleY));
            regions[i] = new int[] {
                left,
                top,
                Math.max(left, (int) Math.round(r[2] * scaleX) - 1),
                Math.max(top, (int) Math.round(r[3] * scaleY) - 1)
            };
        }
    }

    /**
     * Renders a view.
     *
     * @param pixels rows of the picture without padding
     * @return the view's rows without padding
     */
    public byte[] render(byte[] pixels, View view, int viewWidth, int viewHeight) {
        byte[] out = new byte[viewWidth * viewHeight * channels];
        Direction origin = view.through(-1, -1);
        Direction right = view.through(1, -1).plus(-1, origin);
        Direction down = view.through(-1, 1).plus(-1, origin);
        Row row = new Row(right, viewWidth);
        for (int y = 0; y < viewHeight; y++) {
            row.render(pixels, origin.plus((y + 0.5) / viewHeight, down), out, y * viewWidth * channels);
        }
        return out;
    }

    /**
     * Renders rows of a view. Only every {@value #STEP}th position is computed; those between are on a line, unless a seam or a pole
     * is near.
     */
    private final class Row {
        private static final int STEP = 8;
        private static final float MOST_APART = 4 * STEP;

        private final Direction right;
        private final int length;
        private final double[] at = new double[2];
        private float x;
        private float y;
        private int region;

        Row(Direction right, int length) {
            this.right = right;
            this.length = length;
        }

        void render(byte[] pixels, Direction origin, byte[] out, int to) {
            locate(origin, 0);
            for (int from = 0; from < length; from += STEP) {
                float x0 = x;
                float y0 = y;
                int region0 = region;
                int end = Math.min(from + STEP, length);
                locate(origin, from + STEP);
                float dx = (x - x0) / STEP;
                float dy = (y - y0) / STEP;
                boolean near = region == region0 && Math.abs(x - x0) <= MOST_APART && Math.abs(y - y0) <= MOST_APART;
                for (int i = from; i < end; i++) {
                    int pixel = to + i * channels;
                    if (near) {
                        sample(pixels, x0 + (i - from) * dx, y0 + (i - from) * dy, region, out, pixel);
                    } else {
                        locate(origin, i);
                        sample(pixels, x, y, region, out, pixel);
                    }
                }
                if (!near) {
                    locate(origin, from + STEP);
                }
            }
        }

        private void locate(Direction origin, int column) {
            double t = (column + 0.5) / length;
            region = panorama.locate(
                    origin.x() + t * right.x(), origin.y() + t * right.y(), origin.z() + t * right.z(), at);
            x = (float) (at[0] * scaleX);
            y = (float) (at[1] * scaleY);
        }
    }

    /** Writes the colour at a position of the pixels. */
    void sample(byte[] pixels, float x, float y, int region, byte[] out, int to) {
        float left = x - 0.5f;
        float top = y - 0.5f;
        int x0 = (int) Math.floor(left);
        int y0 = (int) Math.floor(top);
        int fx = Math.round((left - x0) * 256);
        int fy = Math.round((top - y0) * 256);
        int a = index(x0, y0, region);
        int b = index(x0 + 1, y0, region);
        int c = index(x0, y0 + 1, region);
        int d = index(x0 + 1, y0 + 1, region);
        for (int i = 0; i < channels; i++) {
            int upper = (pixels[a + i] & 0xff) * (256 - fx) + (pixels[b + i] & 0xff) * fx;
            int lower = (pixels[c + i] & 0xff) * (256 - fx) + (pixels[d + i] & 0xff) * fx;
            out[to + i] = (byte) ((upper * (256 - fy) + lower * fy + (1 << 15)) >> 16);
        }
    }

    private int index(int x, int y, int region) {
        int column;
        int row;
        if (round) {
            boolean across = y < 0 || y >= height;
            row = y < 0 ? 0 : Math.min(y, height - 1);
            // Behind a pole the other side begins.
            column = Math.floorMod(across ? x + width / 2 : x, width);
        } else {
            int[] r = regions[region];
            column = Math.clamp(x, r[0], r[2]);
            row = Math.clamp(y, r[1], r[3]);
        }
        return (row * width + column) * channels;
    }
}
