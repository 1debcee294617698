package io.framequota.inference.preprocess;

/** The float of every 8-bit value. */
final class ByteToFloatTable {
    private final float[] values = new float[256];
    private float divisor;

    /** The table for a divisor; filled anew only when that changes. */
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
