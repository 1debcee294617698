package io.framequota.inference.preprocess;

import io.framequota.contract.frame.FrameMeta;
import io.framequota.inference.model.DataType;
import io.framequota.inference.model.InputSize;
import io.framequota.inference.model.PictureInput;
import io.framequota.inference.model.PictureInput.Layout;
import java.lang.foreign.MemorySegment;

/** Writes pictures of one layout and element type. Not thread-safe. */
interface TensorWriter {
    /** The grey of the padding that YOLOX was trained with. */
    byte PAD = 114;

    void write(FrameMeta frame, InputSize picture, byte[] pixels, float divisor, MemorySegment tensor);

    static TensorWriter of(PictureInput input) {
        if (input.tensor().type() == DataType.FP16) {
            return new HalfFloatWriter(input.layout() == Layout.CHW);
        }
        boolean bytes = input.tensor().type() == DataType.UINT8;
        // A grey picture is the same in both layouts, and copying rows is cheaper.
        if (input.layout() == Layout.HWC || input.channels() == 1) {
            return bytes ? new InterleavedByteWriter() : new InterleavedFloatWriter();
        }
        return bytes ? new PlanarByteWriter() : new PlanarFloatWriter();
    }
}
