package io.framequota.inferenceserver.backend.opencv;

import io.framequota.contract.kserve.DataType;
import io.framequota.contract.kserve.ModelConfig;
import io.framequota.contract.kserve.ModelInput;
import io.framequota.contract.kserve.ModelOutput;
import io.framequota.contract.kserve.ModelParameter;
import io.framequota.inferenceserver.backend.BuiltInModel;
import java.util.List;
import java.util.Map;

/** The built-in models. Opening them costs nothing; the first run loads OpenCV. */
public final class BuiltInDetectors {
    private BuiltInDetectors() {}

    /** New instances of {@code people} and {@code faces}. */
    public static List<BuiltInModel> open() {
        return List.of(
                new BuiltInModel(config("people", "hog", "person", 800), new OpenCvModel(PeopleDetector::new)),
                new BuiltInModel(config("faces", "cascade", "face", 960), new OpenCvModel(FaceDetector::new)));
    }

    private static ModelConfig config(String name, String postprocess, String label, int maxSide) {
        // The tensors are declared here because their open first dimension is a height and a number of rows, not a
        // batch.
        ModelConfig.Builder config = ModelConfig.newBuilder()
                .setName(name)
                .setBackend("opencv")
                .addInput(ModelInput.newBuilder()
                        .setName(OpenCvModel.INPUT)
                        .setDataType(DataType.TYPE_UINT8)
                        .addAllDims(List.of(-1L, -1L, 1L)))
                .addOutput(ModelOutput.newBuilder()
                        .setName(OpenCvModel.OUTPUT)
                        .setDataType(DataType.TYPE_FP32)
                        .addAllDims(List.of(-1L, 6L)));
        Map.of(
                        "framequota.preprocess",
                        "native,gray,0-255",
                        "framequota.postprocess",
                        postprocess,
                        "framequota.labels",
                        label,
                        "framequota.max_side",
                        Integer.toString(maxSide))
                .forEach((key, value) -> config.putParameters(
                        key, ModelParameter.newBuilder().setStringValue(value).build()));
        return config.build();
    }
}
