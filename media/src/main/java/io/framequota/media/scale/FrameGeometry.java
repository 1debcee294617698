package io.framequota.media.scale;

import io.framequota.contract.control.ModelCard;

/**
 * Size of a scaled frame, and how to get from its pixels back to the source: a source point is {@code (x / scaleX, y / scaleY)}.
 *
 * @param width in pixels, 1 or more
 * @param height in pixels, 1 or more
 * @param channels 3, or 1 for grey
 * @param scaleX frame pixels per source pixel
 * @param scaleY frame pixels per source pixel
 */
public record FrameGeometry(int width, int height, int channels, double scaleX, double scaleY) {
    /**
     * The size to which a model wants pictures of {@code width} x {@code height} scaled. Letterbox and stretch follow the size on the
     * model's card; native keeps the picture's size up to the card's longest side and {@code most} bytes.
     *
     * @param most bytes that the pixels may have
     * @throws IllegalArgumentException when the size on the card has more bytes
     */
    public static FrameGeometry of(ModelCard card, int most, int width, int height) {
        int channels = card.getColour() == ModelCard.Colour.GRAY ? 1 : 3;
        FrameGeometry geometry = switch (card.getFit()) {
            case STRETCH ->
                new FrameGeometry(
                        card.getWidth(),
                        card.getHeight(),
                        channels,
                        (double) card.getWidth() / width,
                        (double) card.getHeight() / height);
            case NATIVE -> natural(card.getMaxSide(), most, width, height, channels);
            case LETTERBOX, UNRECOGNIZED -> letterbox(card, width, height, channels);
        };
        if (geometry.width < 1 || geometry.height < 1 || geometry.bytes() > most) {
            throw new IllegalArgumentException("model " + card.getName() + " needs pictures of " + geometry.width
                    + " x " + geometry.height + ", more than " + most + " bytes of pixels");
        }
        return geometry;
    }

    private static FrameGeometry letterbox(ModelCard card, int width, int height, int channels) {
        double r = Math.min((double) card.getWidth() / width, (double) card.getHeight() / height);
        // The scale is r itself, not the quotient of the rounded sizes, as in the usual preprocessing of such models.
        return new FrameGeometry(atLeastOne(width * r), atLeastOne(height * r), channels, r, r);
    }

    private static FrameGeometry natural(int maxSide, int most, int width, int height, int channels) {
        double bySide = maxSide <= 0 ? 1 : (double) maxSide / Math.max(width, height);
        double byBytes = Math.sqrt((double) most / ((double) width * height * channels));
        double r = Math.min(1, Math.min(bySide, byBytes));
        int w = atLeastOne(width * r);
        int h = atLeastOne(height * r);
        return new FrameGeometry(w, h, channels, (double) w / width, (double) h / height);
    }

    private static int atLeastOne(double size) {
        return Math.max(1, (int) size);
    }

    /** Bytes of the raw pixels. */
    public long bytes() {
        return (long) width * height * channels;
    }
}
