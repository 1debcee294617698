package io.framequota.inferenceserver.backend.onnx;

import io.framequota.contract.kserve.ModelConfig;
import io.framequota.inferenceserver.backend.Model;
import io.framequota.inferenceserver.backend.ModelParameters;
import io.framequota.inferenceserver.backend.ModelSignature;
import io.framequota.inferenceserver.backend.OutputRequest;
import io.framequota.inferenceserver.backend.Shapes;
import io.framequota.inferenceserver.backend.SmallerPicturesParameter;
import io.framequota.inferenceserver.backend.Tensor;
import io.framequota.inferenceserver.backend.TensorSpec;
import io.framequota.inferenceserver.refusal.RefusedException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds models that can skip the padding. A wide video fills little more than half of a square picture. A model whose operators
 * slide over the picture finds the same boxes without the grey rest, except for effects at the border.
 */
final class UnpaddedInputDetector {
    /** The coarsest stride of YOLOX: pictures with such sides fill whole grid cells. */
    private static final int MULTIPLE = 32;

    private UnpaddedInputDetector() {}

    /**
     * Whether a model reads its boxes from grids over a padded picture and the configuration does not ask for full pictures
     * only.
     */
    static boolean isCandidate(ModelConfig config) {
        return !ModelParameters.text(config, SmallerPicturesParameter.PARAMETER)
                        .strip()
                        .equals("0")
                && ModelParameters.text(config, "framequota.preprocess").strip().startsWith("letterbox")
                && ModelParameters.text(config, "framequota.postprocess")
                        .strip()
                        .equals("yolox");
    }

    /** The configuration with the parameter that tells workers. */
    static ModelConfig withParameter(ModelConfig config) {
        return config.toBuilder()
                .putParameters(SmallerPicturesParameter.PARAMETER, ModelParameters.of(Integer.toString(MULTIPLE)))
                .build();
    }

    /**
     * The signature for full pictures, when the model really takes smaller ones: a picture of the smallest height must give
     * outputs that are smaller in proportion.
     *
     * @param open the model opened for any picture size
     * @param shapes of the full model's inputs and outputs, by name
     */
    static Optional<ModelSignature> fullSize(Model open, Map<String, List<Long>> shapes) {
        ModelSignature full = new ModelSignature(
                closed(open.signature().inputs(), shapes),
                closed(open.signature().outputs(), shapes));
        boolean known = Stream.concat(full.inputs().stream(), full.outputs().stream())
                .allMatch(tensor -> Shapes.closed(one(tensor.shape())));
        if (!known || full.inputs().size() != 1) {
            return Optional.empty();
        }
        TensorSpec picture = full.inputs().getFirst();
        long height = picture.shape().get(1);
        if (height % MULTIPLE != 0 || picture.shape().get(2) % MULTIPLE != 0) {
            return Optional.empty();
        }
        List<Long> low = one(picture.shape());
        low.set(1, (long) MULTIPLE);
        ByteBuffer pixels = ByteBuffer.allocateDirect(Math.toIntExact(Shapes.elements(low)));
        List<OutputRequest> wanted = full.outputs().stream()
                .map(output -> new OutputRequest(output.name(), null))
                .toList();
        List<Tensor> outputs;
        try {
            outputs = open.run(List.of(new Tensor(picture.name(), picture.type(), low, pixels)), wanted)
                    .outputs();
        } catch (RefusedException e) {
            return Optional.empty();
        }
        for (int i = 0; i < wanted.size(); i++) {
            long elements = Shapes.elements(outputs.get(i).shape());
            if (elements * height != Shapes.elements(one(full.outputs().get(i).shape())) * MULTIPLE) {
                return Optional.empty();
            }
        }
        return Optional.of(full);
    }

    /** The shape with an open batch replaced by 1. */
    private static List<Long> one(List<Long> shape) {
        List<Long> one = new ArrayList<>(shape);
        if (!one.isEmpty() && one.getFirst() < 0) {
            one.set(0, 1L);
        }
        return one;
    }

    private static List<TensorSpec> closed(List<TensorSpec> tensors, Map<String, List<Long>> shapes) {
        return tensors.stream()
                .map(tensor -> new TensorSpec(
                        tensor.name(), tensor.type(), shapes.getOrDefault(tensor.name(), tensor.shape())))
                .toList();
    }
}
