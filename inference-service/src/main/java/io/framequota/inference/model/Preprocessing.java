package io.framequota.inference.model;

import java.util.Locale;

/**
 * How a frame becomes a model's picture: the parameter {@code framequota.preprocess}, for example {@code letterbox,bgr,0-255}.
 */
public record Preprocessing(Fit fit, Colour colour, Range range) {

    /** How a frame gets the size that the model takes. */
    public enum Fit {
        /** Scaled with its aspect ratio to the top left; the rest is grey 114. */
        LETTERBOX,
        /** Scaled to exactly the model's size. */
        STRETCH,
        /** Not scaled, or scaled down to the longest side that the model takes. */
        NATIVE
    }

    /** The order of a pixel's channels. ingest-service converts to it. */
    public enum Colour {
        BGR,
        RGB,
        GRAY
    }

    /** The range of values in a float tensor. */
    public enum Range {
        BYTE("0-255", 1f),
        UNIT("0-1", 255f);

        private final String text;
        private final float divisor;

        Range(String text, float divisor) {
            this.text = text;
            this.divisor = divisor;
        }

        /** The divisor for 8-bit values. */
        public float divisor() {
            return divisor;
        }
    }

    /**
     * Parses the parameter.
     *
     * @throws IllegalArgumentException when a part is missing or unknown; the message names the part
     */
    public static Preprocessing parse(String text) {
        String[] parts = text.split(",");
        if (parts.length != 3) {
            throw new IllegalArgumentException(
                    "framequota.preprocess is '" + text + "', not fit,colour,range as in letterbox,bgr,0-255");
        }
        return new Preprocessing(
                one(Fit.class, parts[0], "letterbox, stretch or native"),
                one(Colour.class, parts[1], "bgr, rgb or gray"),
                range(parts[2].strip()));
    }

    private static <E extends Enum<E>> E one(Class<E> type, String text, String allowed) {
        try {
            return Enum.valueOf(type, text.strip().toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "framequota.preprocess has '" + text.strip() + "' where " + allowed + " belongs", e);
        }
    }

    private static Range range(String text) {
        for (Range range : Range.values()) {
            if (range.text.equals(text)) {
                return range;
            }
        }
        throw new IllegalArgumentException("framequota.preprocess has '" + text + "' where 0-255 or 0-1 belongs");
    }
}
