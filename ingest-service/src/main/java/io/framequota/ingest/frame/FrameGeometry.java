package io.framequota.ingest.frame;

import io.framequota.contract.control.ModelCard;
import io.framequota.contract.topic.Topics;

/**
 * Size of a scaled frame and its way back to the source: a source point is {@code (x / scaleX, y / scaleY)}.
 *
 * @param width in pixels, 1 or more
 * @param height in pixels, 1 or more
 * @param channels 3, or 1 for grey
 * @param scaleX frame pixels per source pixel
 * @param scaleY frame pixels per source pixel
 */
public record FrameGeometry(int width, int height, int channels, double scaleX, double scaleY) {
    /** A record holds the pixels, its headers and the batch around them. */
    public static final int MAX_BYTES = Topics.MAX_RECORD_BYTES - 64 * 1024;

    /**
     * What a model asks of a picture of this size. Letterbox and stretch do as the model's card says; native keeps the size
     * up to the card's longest side and to what one record holds.
     *
     * @throws IllegalArgumentException when the card's own size cannot travel in one record
     */
    public static FrameGeometry of(ModelCard card, int width, int height) {
        int channels = card.getColour() == ModelCard.Colour.GRAY ? 1 : 3;
        FrameGeometry geometry = switch (card.getFit()) {
            case STRETCH ->
                new FrameGeometry(
                        card.getWidth(),
                        card.getHeight(),
                        channels,
                        (double) card.getWidth() / width,
                        (double) card.getHeight() / height);
            case NATIVE -> natural(card.getMaxSide(), width, height, channels);
            case LETTERBOX, UNRECOGNIZED -> letterbox(card, width, height, channels);
        };
        if (geometry.width < 1 || geometry.height < 1 || geometry.bytes() > MAX_BYTES) {
            throw new IllegalArgumentException("model " + card.getName() + " asks for pictures of " + geometry.width
                    + " x " + geometry.height + ", which do not fit in a record of " + MAX_BYTES + " bytes");
        }
        return geometry;
    }

    private static FrameGeometry letterbox(ModelCard card, int width, int height, int channels) {
        double r = Math.min((double) card.getWidth() / width, (double) card.getHeight() / height);
        // The scale is r itself, not the quotient of the rounded sizes: models are used that way everywhere.
        return new FrameGeometry(atLeastOne(width * r), atLeastOne(height * r), channels, r, r);
    }

    private static FrameGeometry natural(int maxSide, int width, int height, int channels) {
        double bySide = maxSide <= 0 ? 1 : (double) maxSide / Math.max(width, height);
        double byRecord = Math.sqrt((double) MAX_BYTES / ((double) width * height * channels));
        double r = Math.min(1, Math.min(bySide, byRecord));
        int w = atLeastOne(width * r);
        int h = atLeastOne(height * r);
        return new FrameGeometry(w, h, channels, (double) w / width, (double) h / height);
    }

    private static int atLeastOne(double size) {
        return Math.max(1, (int) size);
    }

    /** Bytes of the pixels. */
    public long bytes() {
        return (long) width * height * channels;
    }
}
