package io.framequota.media.draw.opencv;

/** The colour of a class, always the same for an id; neighbouring ids have very different hues. Parts are 0 to 255. */
record ClassColour(int red, int green, int blue) {
    private static final double GOLDEN_ANGLE = 0.381966;
    private static final double FIRST_HUE = 0.09;

    static ClassColour of(int classId) {
        double hue = FIRST_HUE + classId * GOLDEN_ANGLE;
        return new ClassColour(part(hue + 1.0 / 3), part(hue), part(hue - 1.0 / 3));
    }

    /** One part of a bright, fully saturated colour. */
    private static int part(double hue) {
        double h = hue - Math.floor(hue);
        double level = Math.clamp(2 - Math.abs(h * 6 - 2), 0, 1);
        return (int) Math.round(40 + 215 * level);
    }

    /** Whether black is easier to read on it than white. */
    boolean isLight() {
        return 0.299 * red + 0.587 * green + 0.114 * blue > 140;
    }
}
