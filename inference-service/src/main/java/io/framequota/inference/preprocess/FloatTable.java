package io.framequota.inference.preprocess;

/** The float of every 8-bit value. */
final class FloatTable {
    private final float[] values = new float[256];
    private float factor;

    /** The table for a factor; filled anew only when the factor changes. */
    float[] of(float wanted) {
        if (factor != wanted) {
            factor = wanted;
            for (int i = 0; i < values.length; i++) {
                values[i] = i * wanted;
            }
        }
        return values;
    }
}
