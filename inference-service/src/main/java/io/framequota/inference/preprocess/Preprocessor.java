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
 * Writes frames into input tensors. Frames arrive scaled, in the model's colours and unpadded; what is left to do is to decode
 * those that travel as JPEG, to pad to the top left with grey 114, to reorder the dimensions and to convert to float.
 *
 * <p>Keeps row buffers, and the last JPEG picture, between frames: one instance per thread.
 */
public final class Preprocessor {
    private final Map<PictureInput, TensorWriter> writers = new HashMap<>();
    private @Nullable JpegDecoder jpeg;

    /**
     * The picture that a frame becomes for a model.
     *
     * @throws IllegalArgumentException when the frame does not fit the model; one line that says why
     */
    public InputSize picture(ModelSpec model, FrameMeta frame) {
        PictureInput input = model.input();
        if (frame.channels() != input.channels()) {
            throw new IllegalArgumentException("the frame has " + frame.channels() + " channels, model " + model.name()
                    + " takes " + input.channels());
        }
        if ((long) frame.width() * frame.height() * frame.channels() > FrameMeta.MAX_PIXEL_BYTES) {
            throw new IllegalArgumentException("the frame is " + frame.width() + "x" + frame.height() + ", more than "
                    + FrameMeta.MAX_PIXEL_BYTES + " bytes of pixels");
        }
        InputSize picture = input.around(frame.height(), frame.width());
        boolean padded = model.preprocessing().fit() == Fit.LETTERBOX;
        boolean fits = padded
                ? frame.width() <= picture.width() && frame.height() <= picture.height()
                : frame.width() == picture.width() && frame.height() == picture.height();
        if (!fits || frame.width() < 1 || frame.height() < 1) {
            throw new IllegalArgumentException("the frame is " + frame.width() + "x" + frame.height() + ", model "
                    + model.name() + " takes " + picture.width() + "x" + picture.height());
        }
        return picture;
    }

    /**
     * Writes a frame's pixels into a tensor.
     *
     * @param picture what {@link #picture} said of the frame
     * @param value the pixels, as the frame says that they are encoded
     * @param tensor at least the picture's bytes; every byte of the picture is written
     * @throws IllegalArgumentException when it is not the frame's picture; one line that says why
     */
    public void write(ModelSpec model, FrameMeta frame, InputSize picture, byte[] value, MemorySegment tensor) {
        byte[] pixels = switch (frame.encoding()) {
            case RAW -> value;
            case JPEG -> jpeg().decode(frame, model.preprocessing().colour(), value);
        };
        if (pixels.length != frame.height() * frame.width() * frame.channels()) {
            throw new IllegalArgumentException("the frame has " + pixels.length + " bytes, not " + frame.width() + "x"
                    + frame.height() + "x" + frame.channels());
        }
        writers.computeIfAbsent(model.input(), TensorWriter::of)
                .write(frame, picture, pixels, model.preprocessing().range().divisor(), tensor);
    }

    /** Made for the first such frame: most systems have none. */
    private JpegDecoder jpeg() {
        JpegDecoder decoder = jpeg;
        if (decoder == null) {
            decoder = new JpegDecoder();
            jpeg = decoder;
        }
        return decoder;
    }
}
