package io.framequota.media.spherical;

/** A smooth world for tests: each direction has its colour, and no two far ones the same. */
public final class Worlds {
    private Worlds() {}

    /** A picture of the world in BGR, without padding. */
    public static byte[] draw(int width, int height, Remapping.Target target) {
        byte[] pixels = new byte[3 * width * height];
        for (int y = 0, i = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                Direction d = target.direction(x + 0.5, y + 0.5).unit();
                pixels[i++] = level(d.x() + 0.2 * Math.sin(9 * d.y()));
                pixels[i++] = level(d.y() + 0.2 * Math.sin(9 * d.z()));
                pixels[i++] = level(d.z() + 0.2 * Math.sin(9 * d.x()));
            }
        }
        return pixels;
    }

    private static byte level(double value) {
        return (byte) Math.round(128 + 90 * value);
    }

    /** Peak signal-to-noise ratio in decibels of pictures of one size. */
    public static double psnr(byte[] a, byte[] b) {
        if (a.length != b.length) {
            throw new IllegalArgumentException(a.length + " bytes against " + b.length);
        }
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            double d = (a[i] & 0xff) - (b[i] & 0xff);
            sum += d * d;
        }
        return 10 * Math.log10(255 * 255 / Math.max(1e-9, sum / a.length));
    }
}
