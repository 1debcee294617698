package io.framequota.media.scale;

import io.framequota.media.decode.DecodedPicture;

/** Scales pictures one after another. For one thread at a time; owns native memory until it is closed. */
public interface PictureScaler extends AutoCloseable {
    /**
     * Applies the picture's orientation and scales it bilinearly, as OpenCV's INTER_LINEAR does.
     *
     * @param picture in the order of bytes that the result is to have; in BGR for grey
     * @param grey whether the result has one byte a pixel, else it has three
     * @return the pixels row by row without padding, owned by the caller
     */
    byte[] scale(DecodedPicture picture, int width, int height, boolean grey);

    /**
     * The same as a JPEG file, with chroma at half the resolution.
     *
     * @param picture in BGR
     * @param quality 1 to 100
     */
    byte[] scaleToJpeg(DecodedPicture picture, int width, int height, boolean grey, int quality);

    @Override
    void close();

    /** Makes scalers. */
    interface Factory {
        PictureScaler open();
    }
}
