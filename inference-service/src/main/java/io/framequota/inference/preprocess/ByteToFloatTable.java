package io.framequota.inference.preprocess;

/** A table of the floats for all 8-bit values. */
final class ByteToFloatTable {
    private final float[] values = new float[256];
    private float divisor;

    /** The table for a divisor. It is computed again only when the divisor changes. */
    float[] of(float wanted) {
        if (divisor != wanted) {
            divisor = wanted;
            for (int i = 0; i < values.length; i++) {
                values[i] = i / wanted;
            }
        }
        return values;
    }
}
