package io.framequota.media.spherical;

import java.util.stream.IntStream;

/**
 * Converts pictures of one size and projection to another: for each pixel of the new picture it keeps where the old one has its colour,
 * 9 bytes. Immutable; one conversion uses several threads.
 */
public final class Remapping {
    /** The direction that each pixel of a new picture shows. */
    @FunctionalInterface
    public interface Target {
        /** The direction of a position; the middle of the first pixel is (0.5, 0.5). */
        Direction direction(double x, double y);
    }

    private final PanoramaSampler sampler;
    private final int channels;
    private final int width;
    private final int height;
    private final float[] positions;
    private final byte[] regions;

    /** @param channels bytes of a pixel, in both pictures */
    public Remapping(Panorama from, Target to, int width, int height, int channels) {
        this.sampler = new PanoramaSampler(from, from.width(), from.height(), channels);
        this.channels = channels;
        this.width = width;
        this.height = height;
        positions = new float[2 * width * height];
        regions = new byte[width * height];
        IntStream.range(0, height).parallel().forEach(y -> {
            double[] at = new double[2];
            for (int x = 0, i = y * width; x < width; x++, i++) {
                Direction d = to.direction(x + 0.5, y + 0.5);
                regions[i] = (byte) from.locate(d.x(), d.y(), d.z(), at);
                positions[2 * i] = (float) at[0];
                positions[2 * i + 1] = (float) at[1];
            }
        });
    }

    /**
     * Converts a picture.
     *
     * @param pixels rows without padding
     * @return rows of the new picture without padding
     */
    public byte[] convert(byte[] pixels) {
        byte[] out = new byte[width * height * channels];
        IntStream.range(0, height).parallel().forEach(y -> {
            for (int i = y * width; i < (y + 1) * width; i++) {
                sampler.sample(pixels, positions[2 * i], positions[2 * i + 1], regions[i], out, i * channels);
            }
        });
        return out;
    }
}
