package io.framequota.inference.preprocess;

import io.framequota.contract.frame.FrameMeta;
import io.framequota.inference.model.InputSize;
import io.framequota.inference.model.ModelSpec;
import io.framequota.inference.model.PictureInput;
import io.framequota.inference.model.Preprocessing.Fit;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes frames into input tensors. Frames arrive scaled, in the model's channel order and without padding. This class decodes
 * JPEG frames, pads the picture with grey 114 on the right and at the bottom, orders the dimensions and converts to float.
 *
 * <p>It keeps buffers and the last JPEG picture between frames; use one instance per thread.
 */
public final class Preprocessor {
    private final Map<PictureInput, TensorWriter> writers = new HashMap<>();
    private @Nullable JpegDecoder jpeg;

    /**
     * The size of the picture that a frame becomes for a model.
     *
     * @throws IllegalArgumentException when the frame does not fit the model; the message is one line with the reason
     */
    public InputSize inputSize(ModelSpec model, FrameMeta frame) {
        PictureInput input = model.input();
        if (frame.channels() != input.channels()) {
            throw new IllegalArgumentException("the frame has " + frame.channels() + " channels, model " + model.name()
                    + " takes " + input.channels());
        }
        if ((long) frame.width() * frame.height() * frame.channels() > FrameMeta.MAX_PIXEL_BYTES) {
            throw new IllegalArgumentException("the frame is " + frame.width() + "x" + frame.height() + ", more than "
                    + FrameMeta.MAX_PIXEL_BYTES + " bytes of pixels");
        }
        InputSize size = input.around(frame.height(), frame.width());
        boolean padded = model.preprocessing().fit() == Fit.LETTERBOX;
        boolean fits = padded
                ? frame.width() <= size.width() && frame.height() <= size.height()
                : frame.width() == size.width() && frame.height() == size.height();
        if (!fits || frame.width() < 1 || frame.height() < 1) {
            throw new IllegalArgumentException("the frame is " + frame.width() + "x" + frame.height() + ", model "
                    + model.name() + " takes " + size.width() + "x" + size.height());
        }
        return size;
    }

    /**
     * Writes a frame's pixels into a tensor.
     *
     * @param size from {@link #inputSize}
     * @param value the pixels in the frame's encoding
     * @param tensor at least as long as the picture; every byte of the picture is written
     * @throws IllegalArgumentException when {@code value} is not a picture of the frame's size; the message is one line with
     *     the reason
     */
    public void write(ModelSpec model, FrameMeta frame, InputSize size, byte[] value, MemorySegment tensor) {
        byte[] pixels = pixels(model, frame, value);
        writers.computeIfAbsent(model.input(), TensorWriter::of)
                .write(frame, size, pixels, model.preprocessing(), tensor);
    }

    /**
     * A frame's pixels, row by row without padding.
     *
     * @throws IllegalArgumentException as {@link #write}
     */
    public byte[] pixels(ModelSpec model, FrameMeta frame, byte[] value) {
        byte[] pixels = switch (frame.encoding()) {
            case RAW -> value;
            case JPEG -> jpeg().decode(frame, model.preprocessing().colour(), value);
        };
        if (pixels.length != frame.height() * frame.width() * frame.channels()) {
            throw new IllegalArgumentException("the frame has " + pixels.length + " bytes, not " + frame.width() + "x"
                    + frame.height() + "x" + frame.channels());
        }
        return pixels;
    }

    /** Created at the first JPEG frame, because most systems have none. */
    private JpegDecoder jpeg() {
        JpegDecoder decoder = jpeg;
        if (decoder == null) {
            decoder = new JpegDecoder();
            jpeg = decoder;
        }
        return decoder;
    }
}
