package io.framequota.inference.preprocess;

import io.framequota.contract.frame.FrameMeta;
import io.framequota.inference.model.InputSize;
import io.framequota.inference.model.Preprocessing;
import java.lang.foreign.MemorySegment;

/** Writes UINT8, interleaved: it copies the frame's rows. */
final class InterleavedByteWriter implements TensorWriter {
    @Override
    public void write(
            FrameMeta frame, InputSize picture, byte[] pixels, Preprocessing preprocessing, MemorySegment tensor) {
        MemorySegment source = MemorySegment.ofArray(pixels);
        long from = (long) frame.width() * frame.channels();
        long row = (long) picture.width() * frame.channels();
        long written = from * frame.height();
        if (from == row) {
            MemorySegment.copy(source, 0, tensor, 0, written);
        } else {
            for (int y = 0; y < frame.height(); y++) {
                MemorySegment.copy(source, y * from, tensor, y * row, from);
                tensor.asSlice(y * row + from, row - from).fill(PAD);
            }
            written = row * frame.height();
        }
        tensor.asSlice(written, row * picture.height() - written).fill(PAD);
    }
}
