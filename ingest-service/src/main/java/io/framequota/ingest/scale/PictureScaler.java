package io.framequota.ingest.scale;

import io.framequota.contract.control.ModelCard.Colour;
import io.framequota.ingest.chunk.FrameGeometry;
import io.framequota.ingest.decode.DecodedPicture;
import io.framequota.ingest.decode.PixelOrder;

/** Scales pictures, one after another. For one thread at a time; owns native memory until it is closed. */
public interface PictureScaler extends AutoCloseable {
    /**
     * Turns a picture as it is displayed and scales it bilinearly, as OpenCV's INTER_LINEAR does.
     *
     * @param picture in {@link #orderFor} of the colour
     * @return the pixels, row by row without padding; the caller's own
     */
    byte[] scale(DecodedPicture picture, FrameGeometry geometry, Colour colour);

    /**
     * The same as a JPEG file, chroma at half the resolution as JPEG has it.
     *
     * @param picture in BGR, whatever the colour
     * @param quality 1 to 100
     */
    byte[] scaleToJpeg(DecodedPicture picture, FrameGeometry geometry, Colour colour, int quality);

    /** The order of bytes that a colour is made from. */
    static PixelOrder orderFor(Colour colour) {
        return colour == Colour.RGB ? PixelOrder.RGB : PixelOrder.BGR;
    }

    @Override
    void close();

    /** Makes scalers. */
    interface Factory {
        PictureScaler open();
    }
}
