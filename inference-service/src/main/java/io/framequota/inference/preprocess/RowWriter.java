package io.framequota.inference.preprocess;

import io.framequota.contract.frame.FrameMeta;
import io.framequota.inference.model.InputSize;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** Converts pictures row by row, planar or interleaved, and pads what the frame does not cover. */
abstract class RowWriter implements TensorWriter {
    private final boolean planar;
    private int rowLength = -1;
    private float divisor;

    private RowWriter(boolean planar) {
        this.planar = planar;
    }

    @Override
    public final void write(FrameMeta frame, InputSize size, byte[] pixels, float wanted, MemorySegment tensor) {
        // Interleaved, a line of pixels becomes one row with all channels; planar, one row in the plane of each
        // channel.
        int planes = planar ? frame.channels() : 1;
        int length = size.width() * frame.channels() / planes;
        int used = frame.width() * frame.channels() / planes;
        if (length != rowLength || wanted != divisor) {
            rowLength = length;
            divisor = wanted;
            prepare(length, wanted);
        }
        for (int plane = 0; plane < planes; plane++) {
            for (int y = 0; y < size.height(); y++) {
                if (y < frame.height()) {
                    convert(pixels, y * frame.width() * frame.channels() + plane, planes, used);
                    pad(used);
                } else {
                    pad(0);
                }
                copyTo(tensor, ((long) plane * size.height() + y) * length);
            }
        }
    }

    /** Allocates the row and computes the elements of all 8-bit values. */
    abstract void prepare(int length, float divisor);

    /** Converts {@code count} values, the first at {@code from} and the others {@code step} apart, to the start of the row. */
    abstract void convert(byte[] pixels, int from, int step, int count);

    /** Fills the row with padding from an element on. */
    abstract void pad(int from);

    /** Copies the row to the tensor's element with this index. */
    abstract void copyTo(MemorySegment tensor, long element);

    /** UINT8. */
    static final class Bytes extends RowWriter {
        private byte[] row = {};

        Bytes(boolean planar) {
            super(planar);
        }

        @Override
        void prepare(int length, float divisor) {
            row = new byte[length];
        }

        @Override
        void convert(byte[] pixels, int from, int step, int count) {
            for (int i = 0, p = from; i < count; i++, p += step) {
                row[i] = pixels[p];
            }
        }

        @Override
        void pad(int from) {
            Arrays.fill(row, from, row.length, PAD);
        }

        @Override
        void copyTo(MemorySegment tensor, long element) {
            MemorySegment.copy(row, 0, tensor, ValueLayout.JAVA_BYTE, element, row.length);
        }
    }

    /** FP16. */
    static final class Halfs extends RowWriter {
        private final short[] values = new short[256];
        private short[] row = {};

        Halfs(boolean planar) {
            super(planar);
        }

        @Override
        void prepare(int length, float divisor) {
            row = new short[length];
            for (int i = 0; i < values.length; i++) {
                values[i] = Float.floatToFloat16(i / divisor);
            }
        }

        @Override
        void convert(byte[] pixels, int from, int step, int count) {
            for (int i = 0, p = from; i < count; i++, p += step) {
                row[i] = values[pixels[p] & 0xff];
            }
        }

        @Override
        void pad(int from) {
            Arrays.fill(row, from, row.length, values[PAD]);
        }

        @Override
        void copyTo(MemorySegment tensor, long element) {
            MemorySegment.copy(row, 0, tensor, ValueLayout.JAVA_SHORT_UNALIGNED, 2 * element, row.length);
        }
    }

    /** FP32. */
    static final class Floats extends RowWriter {
        private final float[] values = new float[256];
        private float[] row = {};

        Floats(boolean planar) {
            super(planar);
        }

        @Override
        void prepare(int length, float divisor) {
            row = new float[length];
            for (int i = 0; i < values.length; i++) {
                values[i] = i / divisor;
            }
        }

        @Override
        void convert(byte[] pixels, int from, int step, int count) {
            for (int i = 0, p = from; i < count; i++, p += step) {
                row[i] = values[pixels[p] & 0xff];
            }
        }

        @Override
        void pad(int from) {
            Arrays.fill(row, from, row.length, values[PAD]);
        }

        @Override
        void copyTo(MemorySegment tensor, long element) {
            MemorySegment.copy(row, 0, tensor, ValueLayout.JAVA_FLOAT_UNALIGNED, 4 * element, row.length);
        }
    }
}
