package io.framequota.inference;

import io.framequota.contract.frame.FrameMeta;
import io.framequota.inference.model.DataType;
import io.framequota.inference.model.ModelSpec;
import io.framequota.inference.model.ModelTensor;
import io.framequota.inference.model.OutputFormat;
import io.framequota.inference.model.PictureInput;
import io.framequota.inference.model.Preprocessing;
import java.util.List;

/** Models and frames for tests. */
public final class Models {
    /** A model with this input, preprocessing and output format. */
    public static ModelSpec model(DataType type, String preprocess, OutputFormat outputFormat, Long... inputShape) {
        return new ModelSpec(
                "m",
                PictureInput.of(new ModelTensor("in", type, List.of(inputShape))),
                List.of(new ModelTensor("out", DataType.FP32, List.of(-1L, 6L))),
                Preprocessing.parse(preprocess),
                outputFormat,
                0.3f,
                0.45f,
                List.of("zero", "one"),
                0,
                1);
    }

    /** A frame of this size that is its own source picture. */
    public static FrameMeta frame(int width, int height, int channels) {
        return new FrameMeta(
                "j", 0, 0, 0, width, height, channels, FrameMeta.Encoding.RAW, width, height, 1, 1, 0, 0, null, null);
    }

    private Models() {}
}
