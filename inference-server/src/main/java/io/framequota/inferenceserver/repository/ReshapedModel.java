package io.framequota.inferenceserver.repository;

import io.framequota.contract.kserve.ModelConfig;
import io.framequota.contract.kserve.ModelInput;
import io.framequota.contract.kserve.ModelOutput;
import io.framequota.inferenceserver.backend.ExecutionResult;
import io.framequota.inferenceserver.backend.Model;
import io.framequota.inferenceserver.backend.ModelSignature;
import io.framequota.inferenceserver.backend.OutputRequest;
import io.framequota.inferenceserver.backend.Shapes;
import io.framequota.inferenceserver.backend.Tensor;
import io.framequota.inferenceserver.refusal.RefusedException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * A model with {@code reshape} in its configuration. Requests and responses have the {@code dims}, the model has the reshape's
 * shape. The elements are the same, in the same order.
 */
final class ReshapedModel implements Model {
    /** The dimensions for clients and for the model, without the batch; -1 for open ones, in the same order. */
    private record Sides(List<Long> outside, List<Long> inside) {}

    private final Model model;
    private final boolean batched;
    private final Map<String, Sides> inputs = new HashMap<>();
    private final Map<String, Sides> outputs = new HashMap<>();

    private ReshapedModel(Model model, ModelConfig config) {
        this.model = model;
        batched = config.getMaxBatchSize() > 0;
        config.getInputList().stream()
                .filter(ModelInput::hasReshape)
                .forEach(i -> inputs.put(
                        i.getName(), new Sides(i.getDimsList(), i.getReshape().getShapeList())));
        config.getOutputList().stream()
                .filter(ModelOutput::hasReshape)
                .forEach(o -> outputs.put(
                        o.getName(), new Sides(o.getDimsList(), o.getReshape().getShapeList())));
    }

    /** The model as its complete configuration describes it. */
    static Model of(Model model, ModelConfig config) {
        ReshapedModel reshaping = new ReshapedModel(model, config);
        return reshaping.inputs.isEmpty() && reshaping.outputs.isEmpty() ? model : reshaping;
    }

    /**
     * Checks a reshape as Triton does: the number of elements and the places of the open dimensions among them must be the
     * same.
     *
     * @throws RefusedException when they are not
     */
    static void check(String tensor, List<Long> dims, List<Long> shape) {
        if (!parts(dims).equals(parts(shape))) {
            throw RefusedException.unavailable("reshape of tensor '" + tensor + "' makes " + Shapes.text(shape) + " of "
                    + Shapes.text(dims) + ", which has another number of elements");
        }
    }

    /** The numbers of elements before, between and after the open dimensions. */
    private static List<Long> parts(List<Long> dims) {
        List<Long> parts = new ArrayList<>(List.of(1L));
        for (long dim : dims) {
            if (dim < 0) {
                parts.add(1L);
            } else {
                parts.set(parts.size() - 1, Math.multiplyExact(parts.getLast(), dim));
            }
        }
        return parts;
    }

    @Override
    public ModelSignature signature() {
        return model.signature();
    }

    @Override
    public ExecutionResult run(List<Tensor> tensors, List<OutputRequest> wanted) {
        List<Tensor> inside = tensors.stream()
                .map(t -> {
                    Sides sides = inputs.get(t.name());
                    return sides == null ? t : shaped(t, sides.outside(), sides.inside());
                })
                .toList();
        ExecutionResult done = model.run(inside, wanted);
        List<Tensor> outside = done.outputs().stream()
                .map(t -> {
                    Sides sides = outputs.get(t.name());
                    return sides == null ? t : shaped(t, sides.inside(), sides.outside());
                })
                .toList();
        return new ExecutionResult(outside, done.inputNs(), done.inferNs(), done.outputNs());
    }

    private Tensor shaped(Tensor tensor, List<Long> from, List<Long> to) {
        int batch = batched ? 1 : 0;
        List<Long> shape = new ArrayList<>(tensor.shape().subList(0, batch));
        List<Long> open = new ArrayList<>();
        for (int i = 0; i < from.size(); i++) {
            if (from.get(i) < 0) {
                open.add(tensor.shape().get(batch + i));
            }
        }
        Iterator<Long> next = open.iterator();
        to.forEach(dim -> shape.add(dim < 0 ? next.next() : dim));
        return new Tensor(tensor.name(), tensor.type(), List.copyOf(shape), tensor.data());
    }

    @Override
    public void close() {
        model.close();
    }
}
