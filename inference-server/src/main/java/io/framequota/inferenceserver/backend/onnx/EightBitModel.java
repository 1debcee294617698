package io.framequota.inferenceserver.backend.onnx;

import io.framequota.contract.kserve.DataType;
import io.framequota.contract.kserve.ModelConfig;
import io.framequota.contract.kserve.ModelInput;
import io.framequota.inferenceserver.backend.ModelParameters;
import io.framequota.inferenceserver.graph.ModelPreparation;
import io.framequota.inferenceserver.graph.ModelPreparation.Prepared;
import io.framequota.inferenceserver.graph.UnusableModelException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A model as it is served to workers: its picture input takes 8-bit elements, so no float tensor travels between processes.
 *
 * @param config with the 8-bit input
 * @param prepared the model
 */
record EightBitModel(ModelConfig config, Prepared prepared) {
    private static final System.Logger LOG = System.getLogger(EightBitModel.class.getName());
    private static final String PREPROCESS = "framequota.preprocess";
    private static final String UNIT_RANGE = "0-1";

    /**
     * Empty for a model that is served unchanged: its configuration does not say how pictures become its input, or it takes no
     * pictures.
     */
    static Optional<EightBitModel> of(ModelConfig config, Path file) {
        String preprocess = ModelParameters.text(config, PREPROCESS);
        // What the range imagenet does to each channel stays with the workers.
        if (preprocess.isEmpty() || preprocess.endsWith("imagenet")) {
            return Optional.empty();
        }
        try {
            Prepared prepared = ModelPreparation.prepare(file, preprocess.endsWith(UNIT_RANGE));
            return Optional.of(new EightBitModel(config(config, preprocess, prepared), prepared));
        } catch (UnusableModelException e) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "model {0} is served unchanged, without an 8-bit input: {1}",
                    config.getName(),
                    e.getMessage());
            return Optional.empty();
        }
    }

    private static ModelConfig config(ModelConfig config, String preprocess, Prepared prepared) {
        String range = preprocess.endsWith(UNIT_RANGE)
                ? preprocess.substring(0, preprocess.length() - UNIT_RANGE.length()) + "0-255"
                : preprocess;
        ModelConfig.Builder fitted = config.toBuilder().putParameters(PREPROCESS, ModelParameters.of(range));
        for (ModelInput.Builder input : fitted.getInputBuilderList()) {
            if (input.getName().equals(prepared.input())) {
                input.setDataType(DataType.TYPE_UINT8);
                if (prepared.planes()) {
                    channelsLast(input);
                }
            }
        }
        return fitted.build();
    }

    /** The channels are the third dimension from the end, whether or not the dimensions contain the batch. */
    private static void channelsLast(ModelInput.Builder input) {
        List<Long> dims = new ArrayList<>(input.getDimsList());
        if (dims.size() >= 3) {
            dims.add(dims.remove(dims.size() - 3));
            input.clearDims().addAllDims(dims);
        }
        input.clearFormat();
    }
}
