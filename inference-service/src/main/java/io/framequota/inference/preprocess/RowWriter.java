package io.framequota.inference.preprocess;

import io.framequota.contract.frame.FrameMeta;
import io.framequota.inference.model.InputSize;
import io.framequota.inference.model.Preprocessing;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** Converts pictures row by row, planar or interleaved, and pads what the frame does not cover. */
abstract class RowWriter implements TensorWriter {
    private static final int CHANNELS = 3;

    private final boolean planar;
    private int rowLength = -1;
    private @Nullable Preprocessing prepared;

    private RowWriter(boolean planar) {
        this.planar = planar;
    }

    @Override
    public final void write(
            FrameMeta frame, InputSize size, byte[] pixels, Preprocessing wanted, MemorySegment tensor) {
        // Interleaved, a line of pixels becomes one row with all channels; planar, one row in the plane of each
        // channel.
        int planes = planar ? frame.channels() : 1;
        int length = size.width() * frame.channels() / planes;
        int used = frame.width() * frame.channels() / planes;
        if (length != rowLength || !wanted.equals(prepared)) {
            rowLength = length;
            prepared = wanted;
            prepare(length, wanted);
        }
        // The channels that take turns in a row and are converted differently.
        int turns = planar || !wanted.range().byChannel() ? 1 : frame.channels();
        for (int plane = 0; plane < planes; plane++) {
            for (int y = 0; y < size.height(); y++) {
                if (y < frame.height()) {
                    int from = y * frame.width() * frame.channels() + plane;
                    for (int turn = 0; turn < turns; turn++) {
                        convert(plane + turn, pixels, from + turn * planes, planes * turns, turn, turns, used);
                        pad(plane + turn, used + turn, turns);
                    }
                } else {
                    for (int turn = 0; turn < turns; turn++) {
                        pad(plane + turn, turn, turns);
                    }
                }
                copyTo(tensor, ((long) plane * size.height() + y) * length);
            }
        }
    }

    /** Allocates the row and computes the elements of all 8-bit values, for each channel. */
    abstract void prepare(int length, Preprocessing preprocessing);

    /**
     * Converts values of a channel, the first at {@code from} and the others {@code step} apart, to the row's elements {@code first},
     * {@code first + stride} and so on, up to {@code end}.
     */
    abstract void convert(int channel, byte[] pixels, int from, int step, int first, int stride, int end);

    /** Fills the row with a channel's padding: the elements {@code first}, {@code first + stride} and so on. */
    abstract void pad(int channel, int first, int stride);

    /** Copies the row to the tensor's element with this index. */
    abstract void copyTo(MemorySegment tensor, long element);

    /** UINT8. */
    static final class Bytes extends RowWriter {
        private byte[] row = {};

        Bytes(boolean planar) {
            super(planar);
        }

        @Override
        void prepare(int length, Preprocessing preprocessing) {
            row = new byte[length];
        }

        @Override
        void convert(int channel, byte[] pixels, int from, int step, int first, int stride, int end) {
            for (int i = first, p = from; i < end; i += stride, p += step) {
                row[i] = pixels[p];
            }
        }

        @Override
        void pad(int channel, int first, int stride) {
            for (int i = first; i < row.length; i += stride) {
                row[i] = PAD;
            }
        }

        @Override
        void copyTo(MemorySegment tensor, long element) {
            MemorySegment.copy(row, 0, tensor, ValueLayout.JAVA_BYTE, element, row.length);
        }
    }

    /** FP16. */
    static final class Halfs extends RowWriter {
        private final short[][] values = new short[CHANNELS][256];
        private short[] row = {};

        Halfs(boolean planar) {
            super(planar);
        }

        @Override
        void prepare(int length, Preprocessing preprocessing) {
            row = new short[length];
            for (int c = 0; c < CHANNELS; c++) {
                for (int v = 0; v < values[c].length; v++) {
                    values[c][v] = Float.floatToFloat16(preprocessing.element(v, c));
                }
            }
        }

        @Override
        void convert(int channel, byte[] pixels, int from, int step, int first, int stride, int end) {
            short[] elements = values[channel];
            for (int i = first, p = from; i < end; i += stride, p += step) {
                row[i] = elements[pixels[p] & 0xff];
            }
        }

        @Override
        void pad(int channel, int first, int stride) {
            short grey = values[channel][PAD];
            for (int i = first; i < row.length; i += stride) {
                row[i] = grey;
            }
        }

        @Override
        void copyTo(MemorySegment tensor, long element) {
            MemorySegment.copy(row, 0, tensor, ValueLayout.JAVA_SHORT_UNALIGNED, 2 * element, row.length);
        }
    }

    /** FP32. */
    static final class Floats extends RowWriter {
        private final float[][] values = new float[CHANNELS][256];
        private float[] row = {};

        Floats(boolean planar) {
            super(planar);
        }

        @Override
        void prepare(int length, Preprocessing preprocessing) {
            row = new float[length];
            for (int c = 0; c < CHANNELS; c++) {
                for (int v = 0; v < values[c].length; v++) {
                    values[c][v] = preprocessing.element(v, c);
                }
            }
        }

        @Override
        void convert(int channel, byte[] pixels, int from, int step, int first, int stride, int end) {
            float[] elements = values[channel];
            for (int i = first, p = from; i < end; i += stride, p += step) {
                row[i] = elements[pixels[p] & 0xff];
            }
        }

        @Override
        void pad(int channel, int first, int stride) {
            float grey = values[channel][PAD];
            for (int i = first; i < row.length; i += stride) {
                row[i] = grey;
            }
        }

        @Override
        void copyTo(MemorySegment tensor, long element) {
            MemorySegment.copy(row, 0, tensor, ValueLayout.JAVA_FLOAT_UNALIGNED, 4 * element, row.length);
        }
    }
}
