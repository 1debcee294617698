package io.framequota.ingest.decode;

/** Order of the three bytes of a pixel. */
public enum PixelOrder {
    BGR,
    RGB
}
