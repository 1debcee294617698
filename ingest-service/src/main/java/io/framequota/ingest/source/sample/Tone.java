package io.framequota.ingest.source.sample;

/** A colour; each part is 0 to 255. */
record Tone(float red, float green, float blue) {
    /** The same colour, darker or lighter. */
    Tone times(double factor) {
        return new Tone((float) (red * factor), (float) (green * factor), (float) (blue * factor));
    }
}
