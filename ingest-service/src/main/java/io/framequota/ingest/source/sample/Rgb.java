package io.framequota.ingest.source.sample;

/** A colour with parts from 0 to 255. */
record Rgb(float red, float green, float blue) {
    /** The same colour, darker or lighter. */
    Rgb times(double factor) {
        return new Rgb((float) (red * factor), (float) (green * factor), (float) (blue * factor));
    }
}
