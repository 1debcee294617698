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

    /** What an 8-bit value becomes in a float tensor. */
    public enum Range {
        /** Itself. */
        BYTE("0-255"),
        /** Divided by 255. */
        UNIT("0-1"),
        /** Divided by 255, less the mean of the channel in ImageNet's pictures, divided by its standard deviation there. */
        IMAGENET("imagenet");

        private final String text;

        Range(String text) {
            this.text = text;
        }

        /** Whether channels are converted differently. */
        public boolean byChannel() {
            return this == IMAGENET;
        }
    }

    /** ImageNet's means and standard deviations of red, green and blue, as torchvision has them. */
    private static final float[] MEANS = {0.485f, 0.456f, 0.406f};

    private static final float[] DEVIATIONS = {0.229f, 0.224f, 0.225f};

    public Preprocessing {
        if (range == Range.IMAGENET && colour == Colour.GRAY) {
            throw new IllegalArgumentException(
                    "framequota.preprocess has gray and imagenet, which needs three channels: set bgr or rgb, or another range");
        }
    }

    /**
     * The element of a float tensor for a value of a pixel.
     *
     * @param value 0 to 255
     * @param channel 0 to 2, in the order of {@link #colour}
     */
    public float element(int value, int channel) {
        return switch (range) {
            case BYTE -> value;
            case UNIT -> value / 255f;
            case IMAGENET -> {
                int rgb = colour == Colour.BGR ? 2 - channel : channel;
                yield (value / 255f - MEANS[rgb]) / DEVIATIONS[rgb];
            }
        };
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
        throw new IllegalArgumentException(
                "framequota.preprocess has '" + text + "' where 0-255, 0-1 or imagenet belongs");
    }
}
