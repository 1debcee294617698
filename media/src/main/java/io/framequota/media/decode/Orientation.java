package io.framequota.media.decode;

/**
 * How a stored picture becomes the displayed one: it is mirrored left to right, or not, and then rotated clockwise.
 *
 * @param quarters quarter turns, 0 to 3
 */
public record Orientation(boolean mirrored, int quarters) {
    /** The stored picture is the displayed one. */
    public static final Orientation UPRIGHT = new Orientation(false, 0);

    public Orientation {
        quarters = Math.floorMod(quarters, 4);
    }

    /** Whether width and height are exchanged. */
    public boolean swapsSides() {
        return quarters % 2 == 1;
    }

    /**
     * The orientation of a transformation that maps a stored point {@code (x, y)}, y downwards, to
     * {@code (a x + c y, b x + d y)}. Other angles are rounded to quarter turns.
     */
    public static Orientation ofMatrix(double a, double b, double c, double d) {
        boolean mirrored = a * d - b * c < 0;
        // The stored x axis maps to (a, b); mirroring has reversed it before.
        double x = mirrored ? -a : a;
        double y = mirrored ? -b : b;
        return new Orientation(mirrored, (int) Math.round(Math.atan2(y, x) / (Math.PI / 2)));
    }
}
