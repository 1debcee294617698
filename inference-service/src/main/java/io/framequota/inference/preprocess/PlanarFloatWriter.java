package io.framequota.inference.preprocess;

import io.framequota.contract.frame.FrameMeta;
import io.framequota.inference.model.InputSize;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** Writes FP32, planar, with three channels. */
final class PlanarFloatWriter implements TensorWriter {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private final ByteToFloatTable table = new ByteToFloatTable();
    private float[] first = {};
    private float[] second = {};
    private float[] third = {};

    @Override
    public void write(FrameMeta frame, InputSize picture, byte[] pixels, float divisor, MemorySegment tensor) {
        float[] values = table.of(divisor);
        int row = picture.width();
        if (first.length != row) {
            first = new float[row];
            second = new float[row];
            third = new float[row];
        }
        for (float[] buffer : new float[][] {first, second, third}) {
            Arrays.fill(buffer, frame.width(), row, values[PAD]);
        }
        long plane = 4L * row * picture.height();
        for (int y = 0; y < frame.height(); y++) {
            split(pixels, y * frame.width() * 3, frame.width(), values);
            long at = 4L * y * row;
            MemorySegment.copy(first, 0, tensor, FLOAT, at, row);
            MemorySegment.copy(second, 0, tensor, FLOAT, at + plane, row);
            MemorySegment.copy(third, 0, tensor, FLOAT, at + 2 * plane, row);
        }
        Arrays.fill(first, values[PAD]);
        for (int y = frame.height(); y < picture.height(); y++) {
            long at = 4L * y * row;
            for (int c = 0; c < 3; c++) {
                MemorySegment.copy(first, 0, tensor, FLOAT, at + c * plane, row);
            }
        }
    }

    private void split(byte[] pixels, int from, int width, float[] values) {
        float[] a = first;
        float[] b = second;
        float[] c = third;
        int p = from;
        for (int x = 0; x < width; x++, p += 3) {
            a[x] = values[pixels[p] & 0xff];
            b[x] = values[pixels[p + 1] & 0xff];
            c[x] = values[pixels[p + 2] & 0xff];
        }
    }
}
