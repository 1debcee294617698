package io.framequota.inference.preprocess;

import io.framequota.contract.frame.FrameMeta;
import io.framequota.inference.model.Preprocessing.Colour;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.IOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import org.jspecify.annotations.Nullable;

/**
 * Decodes JPEG frames with the JDK's reader. It keeps the reader and one picture between frames; use one instance per thread.
 */
final class JpegDecoder {
    static {
        // The reader needs no display, and the JDK may lack the libraries for one.
        System.setProperty("java.awt.headless", "true");
    }

    private final ImageReader reader =
            ImageIO.getImageReadersByFormatName("jpeg").next();
    private byte[] pixels = {};
    private @Nullable BufferedImage picture;
    private @Nullable Colour pictureColour;
    private @Nullable String warning;

    JpegDecoder() {
        reader.addIIOReadWarningListener((_, text) -> warning = text);
    }

    /**
     * Decodes a frame into the pixels that a raw frame would have.
     *
     * @param frame has the size that the picture must have
     * @return valid until the next call
     * @throws IllegalArgumentException when the file is not a JPEG, is damaged or has another size; the message is one line
     *     with the reason
     */
    byte[] decode(FrameMeta frame, Colour colour, byte[] file) {
        warning = null;
        int width;
        int height;
        try (ByteArrayImageStream input = new ByteArrayImageStream(file)) {
            reader.setInput(input, true, true);
            width = reader.getWidth(0);
            height = reader.getHeight(0);
            if (width == frame.width() && height == frame.height()) {
                ImageReadParam target = reader.getDefaultReadParam();
                target.setDestination(picture(frame, colour));
                reader.read(0, target);
            }
        } catch (IOException | RuntimeException e) {
            // The reader reports some kinds of damage as unchecked exceptions.
            throw damaged(e.getMessage() == null ? e.toString() : e.getMessage(), e);
        }
        if (warning != null) {
            throw damaged(warning, null);
        }
        if (width != frame.width() || height != frame.height()) {
            throw new IllegalArgumentException("the frame's JPEG picture is " + width + "x" + height + ", not "
                    + frame.width() + "x" + frame.height());
        }
        return pixels;
    }

    private static IllegalArgumentException damaged(String how, @Nullable Exception cause) {
        return new IllegalArgumentException("the frame's JPEG picture is damaged: " + how, cause);
    }

    /** A picture over {@link #pixels} in the model's channel order. */
    private BufferedImage picture(FrameMeta frame, Colour colour) {
        BufferedImage kept = picture;
        int channels = colour == Colour.GRAY ? 1 : 3;
        if (kept != null
                && kept.getWidth() == frame.width()
                && kept.getHeight() == frame.height()
                && pictureColour == colour) {
            return kept;
        }
        pixels = new byte[frame.width() * frame.height() * channels];
        int[] order = switch (colour) {
            case BGR -> new int[] {2, 1, 0};
            case RGB -> new int[] {0, 1, 2};
            case GRAY -> new int[] {0};
        };
        ColorSpace space = ColorSpace.getInstance(colour == Colour.GRAY ? ColorSpace.CS_GRAY : ColorSpace.CS_sRGB);
        BufferedImage made = new BufferedImage(
                new ComponentColorModel(space, false, false, Transparency.OPAQUE, DataBuffer.TYPE_BYTE),
                Raster.createInterleavedRaster(
                        new DataBufferByte(pixels, pixels.length),
                        frame.width(),
                        frame.height(),
                        frame.width() * channels,
                        channels,
                        order,
                        null),
                false,
                null);
        picture = made;
        pictureColour = colour;
        return made;
    }
}
