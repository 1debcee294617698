package io.framequota.inference.preprocess;

import io.framequota.contract.frame.FrameMeta;
import io.framequota.inference.model.InputSize;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** Writes FP32, interleaved. */
final class InterleavedFloatWriter implements TensorWriter {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private final ByteToFloatTable table = new ByteToFloatTable();
    private float[] buffer = {};

    @Override
    public void write(FrameMeta frame, InputSize picture, byte[] pixels, float divisor, MemorySegment tensor) {
        float[] values = table.of(divisor);
        int from = frame.width() * frame.channels();
        int row = picture.width() * frame.channels();
        if (buffer.length != row) {
            buffer = new float[row];
        }
        Arrays.fill(buffer, from, row, values[PAD]);
        for (int y = 0; y < frame.height(); y++) {
            int p = y * from;
            for (int i = 0; i < from; i++) {
                buffer[i] = values[pixels[p + i] & 0xff];
            }
            MemorySegment.copy(buffer, 0, tensor, FLOAT, 4L * y * row, row);
        }
        Arrays.fill(buffer, values[PAD]);
        for (int y = frame.height(); y < picture.height(); y++) {
            MemorySegment.copy(buffer, 0, tensor, FLOAT, 4L * y * row, row);
        }
    }
}
