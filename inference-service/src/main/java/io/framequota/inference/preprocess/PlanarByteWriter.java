package io.framequota.inference.preprocess;

import io.framequota.contract.frame.FrameMeta;
import io.framequota.inference.model.InputSize;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** Writes UINT8, planar, with three channels. */
final class PlanarByteWriter implements TensorWriter {
    private byte[] first = {};
    private byte[] second = {};
    private byte[] third = {};

    @Override
    public void write(FrameMeta frame, InputSize picture, byte[] pixels, float divisor, MemorySegment tensor) {
        int row = picture.width();
        if (first.length != row) {
            first = new byte[row];
            second = new byte[row];
            third = new byte[row];
        }
        for (byte[] buffer : new byte[][] {first, second, third}) {
            Arrays.fill(buffer, frame.width(), row, PAD);
        }
        long plane = (long) row * picture.height();
        for (int y = 0; y < frame.height(); y++) {
            split(pixels, y * frame.width() * 3, frame.width(), first, second, third);
            long at = (long) y * row;
            MemorySegment.copy(first, 0, tensor, ValueLayout.JAVA_BYTE, at, row);
            MemorySegment.copy(second, 0, tensor, ValueLayout.JAVA_BYTE, at + plane, row);
            MemorySegment.copy(third, 0, tensor, ValueLayout.JAVA_BYTE, at + 2 * plane, row);
        }
        long written = (long) row * frame.height();
        for (int c = 0; c < 3; c++) {
            tensor.asSlice(c * plane + written, plane - written).fill(PAD);
        }
    }

    private static void split(byte[] pixels, int from, int width, byte[] a, byte[] b, byte[] c) {
        int p = from;
        for (int x = 0; x < width; x++, p += 3) {
            a[x] = pixels[p];
            b[x] = pixels[p + 1];
            c[x] = pixels[p + 2];
        }
    }
}
