package io.framequota.ingest.decode;

/**
 * What must be done to a stored picture so that it stands as it is displayed: first mirrored left to right or not, then
 * turned clockwise.
 */
public record Orientation(boolean mirrored, int quarters) {
    /** The picture stands already. */
    public static final Orientation NONE = new Orientation(false, 0);

    public Orientation {
        quarters = Math.floorMod(quarters, 4);
    }

    /** Whether width and height change places. */
    public boolean swapsSides() {
        return quarters % 2 == 1;
    }

    /**
     * The turn of a transformation that maps a stored point {@code (x, y)}, y downwards, to
     * {@code (a x + c y, b x + d y)}. Only quarter turns and mirrors are told apart; anything else is rounded to them.
     */
    public static Orientation ofMatrix(double a, double b, double c, double d) {
        boolean mirrored = a * d - b * c < 0;
        // The stored x axis goes to (a, b); a mirror has turned it round before.
        double x = mirrored ? -a : a;
        double y = mirrored ? -b : b;
        return new Orientation(mirrored, (int) Math.round(Math.atan2(y, x) / (Math.PI / 2)));
    }
}
