package io.framequota.inferenceserver.grpc;

import io.framequota.contract.kserve.DataType;
import io.framequota.contract.kserve.ModelInferRequest.InferInputTensor;
import io.framequota.inferenceserver.backend.ElementTypes;
import io.framequota.inferenceserver.backend.Shapes;
import io.framequota.inferenceserver.backend.SmallerPicturesParameter;
import io.framequota.inferenceserver.backend.TensorSpec;
import io.framequota.inferenceserver.refusal.RefusedException;
import io.framequota.inferenceserver.repository.LoadedModel;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Compares the inputs of a request with those of the model. Every violation is an invalid argument. */
final class InputValidator {
    private InputValidator() {}

    /** Requires each input of the model once and no other. */
    static void names(LoadedModel model, Collection<InferInputTensor> inputs) {
        Set<String> seen = new HashSet<>();
        for (InferInputTensor input : inputs) {
            if (!seen.add(input.getName())) {
                throw RefusedException.invalid("input '" + input.getName() + "' occurs twice in the request");
            }
            if (!model.inputs().containsKey(input.getName())) {
                throw RefusedException.invalid(
                        "unexpected inference input '" + input.getName() + "' for model '" + model.name() + "'");
            }
        }
        if (seen.size() < model.inputs().size()) {
            List<String> missing = model.inputs().keySet().stream()
                    .filter(name -> !seen.contains(name))
                    .toList();
            throw RefusedException.invalid("expected " + model.inputs().size() + " inputs but got " + seen.size()
                    + " for model '" + model.name() + "'; missing " + missing);
        }
    }

    /** Checks datatype and shape; returns the tensor's size in bytes. */
    static long byteSize(LoadedModel model, TensorSpec spec, String datatype, List<Long> shape) {
        String input = "input '" + spec.name() + "' for model '" + model.name() + "'";
        DataType type = ElementTypes.parse(datatype);
        if (type != spec.type()) {
            throw RefusedException.invalid(
                    input + " has datatype '" + datatype + "', expected '" + ElementTypes.name(spec.type()) + "'");
        }
        if (!Shapes.closed(shape)) {
            throw RefusedException.invalid("all dimensions must have a size: " + input + " has " + Shapes.text(shape));
        }
        if (!Shapes.compatible(shape, spec.shape())
                && !SmallerPicturesParameter.smaller(shape, spec.shape(), model.pictureMultiple())) {
            throw RefusedException.invalid("unexpected shape for " + input + ": expected " + Shapes.text(spec.shape())
                    + ", got " + Shapes.text(shape));
        }
        if (model.maxBatch() > 0 && (shape.getFirst() < 1 || shape.getFirst() > model.maxBatch())) {
            throw RefusedException.invalid(
                    "the batch must be 1 to " + model.maxBatch() + ": " + input + " has " + Shapes.text(shape));
        }
        try {
            return Math.multiplyExact(Shapes.elements(shape), (long) ElementTypes.size(type));
        } catch (ArithmeticException e) {
            throw RefusedException.invalid("too many elements: " + input + " has " + Shapes.text(shape));
        }
    }

    /** Requires the same batch size for all inputs; returns it, or 1 for a model without a batch. */
    static long batch(LoadedModel model, Collection<InferInputTensor> inputs) {
        if (model.maxBatch() == 0) {
            return 1;
        }
        Set<Long> sizes = new HashSet<>();
        inputs.forEach(input -> sizes.add(input.getShape(0)));
        if (sizes.size() > 1) {
            throw RefusedException.invalid(
                    "the inputs for model '" + model.name() + "' have different batch sizes: " + sizes);
        }
        return sizes.isEmpty() ? 1 : sizes.iterator().next();
    }
}
