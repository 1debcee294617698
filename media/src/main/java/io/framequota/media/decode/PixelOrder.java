package io.framequota.media.decode;

import io.framequota.contract.control.ModelCard.Colour;

/** Order of the three bytes of a pixel. */
public enum PixelOrder {
    BGR,
    RGB;

    /** The order in which a model takes colours; BGR for grey, which is made of it. */
    public static PixelOrder of(Colour colour) {
        return colour == Colour.RGB ? RGB : BGR;
    }
}
