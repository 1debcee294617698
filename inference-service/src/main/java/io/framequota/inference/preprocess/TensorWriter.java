package io.framequota.inference.preprocess;

import io.framequota.contract.frame.FrameMeta;
import io.framequota.inference.model.InputSize;
import io.framequota.inference.model.PictureInput;
import io.framequota.inference.model.PictureInput.Layout;
import io.framequota.inference.model.Preprocessing;
import java.lang.foreign.MemorySegment;

/** Writes pictures of one layout and element type. Not thread-safe. */
interface TensorWriter {
    /** The grey of the padding that YOLOX was trained with. */
    byte PAD = 114;

    void write(FrameMeta frame, InputSize picture, byte[] pixels, Preprocessing preprocessing, MemorySegment tensor);

    static TensorWriter of(PictureInput input) {
        // A grey picture is the same in both layouts, and copying its rows is cheaper.
        boolean planar = input.layout() == Layout.CHW && input.channels() > 1;
        return switch (input.tensor().type()) {
            case UINT8 -> planar ? new RowWriter.Bytes(true) : new InterleavedByteWriter();
            case FP16 -> new RowWriter.Halfs(planar);
            case FP32 -> new RowWriter.Floats(planar);
            default ->
                throw new IllegalArgumentException(
                        "no picture has elements of type " + input.tensor().type());
        };
    }
}
