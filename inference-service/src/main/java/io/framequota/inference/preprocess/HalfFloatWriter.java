package io.framequota.inference.preprocess;

import io.framequota.contract.frame.FrameMeta;
import io.framequota.inference.model.InputSize;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** Writes FP16, planar or interleaved. */
final class HalfFloatWriter implements TensorWriter {
    private static final ValueLayout.OfShort HALF = ValueLayout.JAVA_SHORT_UNALIGNED;

    private final boolean planes;
    private final ByteToFloatTable floats = new ByteToFloatTable();
    private final short[] values = new short[256];
    private float divisor;
    private short[] row = {};

    HalfFloatWriter(boolean planes) {
        this.planes = planes;
    }

    @Override
    public void write(FrameMeta frame, InputSize picture, byte[] pixels, float wanted, MemorySegment tensor) {
        fill(wanted);
        // Interleaved, a line of pixels becomes one row with all channels; planar, it becomes one row in the plane of each
        // channel.
        int rows = planes ? frame.channels() : 1;
        int length = picture.width() * frame.channels() / rows;
        int used = frame.width() * frame.channels() / rows;
        if (row.length != length) {
            row = new short[length];
        }
        for (int y = 0; y < picture.height(); y++) {
            for (int r = 0; r < rows; r++) {
                Arrays.fill(row, values[PAD]);
                if (y < frame.height()) {
                    int p = y * frame.width() * frame.channels() + r;
                    for (int i = 0; i < used; i++, p += rows) {
                        row[i] = values[pixels[p] & 0xff];
                    }
                }
                MemorySegment.copy(row, 0, tensor, HALF, 2L * length * ((long) r * picture.height() + y), length);
            }
        }
    }

    private void fill(float wanted) {
        if (divisor != wanted) {
            divisor = wanted;
            float[] table = floats.of(wanted);
            for (int i = 0; i < values.length; i++) {
                values[i] = Float.floatToFloat16(table[i]);
            }
        }
    }
}
