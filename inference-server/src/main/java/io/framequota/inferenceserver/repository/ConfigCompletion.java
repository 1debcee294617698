package io.framequota.inferenceserver.repository;

import io.framequota.contract.kserve.DataType;
import io.framequota.contract.kserve.ModelConfig;
import io.framequota.contract.kserve.ModelInput;
import io.framequota.contract.kserve.ModelInstanceGroup;
import io.framequota.contract.kserve.ModelOutput;
import io.framequota.contract.kserve.ModelTensorReshape;
import io.framequota.inferenceserver.backend.ElementTypes;
import io.framequota.inferenceserver.backend.ModelSignature;
import io.framequota.inferenceserver.backend.Shapes;
import io.framequota.inferenceserver.backend.TensorSpec;
import io.framequota.inferenceserver.refusal.RefusedException;
import java.util.List;
import java.util.Optional;

/** Completes a config.pbtxt from what the model declares, as Triton does, and refuses contradictions. */
final class ConfigCompletion {
    /** Triton's default for a model that can batch and has no configured limit. */
    private static final int DEFAULT_MAX_BATCH = 4;

    private ConfigCompletion() {}

    /**
     * Completes a configuration.
     *
     * @param instances concurrent executions when the configuration has no instance group
     * @throws RefusedException when the configuration and the model contradict each other
     */
    static ModelConfig complete(ModelConfig partial, ModelSignature signature, int instances) {
        ModelConfig.Builder config = partial.toBuilder();
        boolean silent =
                partial.getInputCount() == 0 && partial.getOutputCount() == 0 && partial.getMaxBatchSize() == 0;
        if (silent && BatchDims.canBatch(signature)) {
            config.setMaxBatchSize(DEFAULT_MAX_BATCH);
        }
        boolean batched = config.getMaxBatchSize() > 0;
        if (!BatchDims.takesBatches(signature, config.getMaxBatchSize())) {
            throw RefusedException.unavailable("max_batch_size is " + config.getMaxBatchSize()
                    + ", but the model has no open first dimension; set it to 1 when the first dimension is 1,"
                    + " or to 0 with full dims");
        }
        inputs(config, signature.inputs(), batched);
        outputs(config, signature.outputs(), batched);
        if (config.getInstanceGroupCount() == 0) {
            config.addInstanceGroup(ModelInstanceGroup.newBuilder().setCount(instances));
        }
        for (ModelInstanceGroup.Builder group : config.getInstanceGroupBuilderList()) {
            group(group, config.getName());
        }
        if (!config.hasVersionPolicy()) {
            config.getVersionPolicyBuilder().getLatestBuilder().setNumVersions(1);
        }
        return config.build();
    }

    private static void group(ModelInstanceGroup.Builder group, String model) {
        if (group.getKind() == ModelInstanceGroup.Kind.KIND_GPU) {
            throw RefusedException.unavailable(
                    "instance_group has KIND_GPU, but the embedded server computes on CPUs only");
        }
        group.setKind(ModelInstanceGroup.Kind.KIND_CPU).setCount(Math.max(1, group.getCount()));
        if (group.getName().isEmpty()) {
            group.setName(model);
        }
    }

    private static void inputs(ModelConfig.Builder config, List<TensorSpec> specs, boolean batched) {
        if (config.getInputCount() == 0) {
            specs.forEach(spec -> config.addInput(ModelInput.newBuilder().setName(spec.name())));
        }
        for (TensorSpec spec : specs) {
            if (config.getInputList().stream()
                    .noneMatch(input -> input.getName().equals(spec.name()))) {
                throw RefusedException.unavailable(
                        "the configuration does not have the model's input '" + spec.name() + "'");
            }
        }
        for (ModelInput.Builder input : config.getInputBuilderList()) {
            TensorSpec spec = named(specs, input.getName(), "input");
            input.setDataType(type(input.getDataType(), spec));
            List<Long> dims = input.hasReshape()
                    ? reshaped(input.getDimsList(), input.getReshape(), spec, batched)
                    : dims(input.getDimsList(), spec, batched);
            input.clearDims().addAllDims(dims);
        }
    }

    private static void outputs(ModelConfig.Builder config, List<TensorSpec> specs, boolean batched) {
        if (config.getOutputCount() == 0) {
            specs.forEach(spec -> config.addOutput(ModelOutput.newBuilder().setName(spec.name())));
        }
        for (ModelOutput.Builder output : config.getOutputBuilderList()) {
            TensorSpec spec = named(specs, output.getName(), "output");
            output.setDataType(type(output.getDataType(), spec));
            List<Long> dims = output.hasReshape()
                    ? reshaped(output.getDimsList(), output.getReshape(), spec, batched)
                    : dims(output.getDimsList(), spec, batched);
            output.clearDims().addAllDims(dims);
        }
    }

    private static TensorSpec named(List<TensorSpec> specs, String name, String kind) {
        Optional<TensorSpec> spec =
                specs.stream().filter(s -> s.name().equals(name)).findFirst();
        return spec.orElseThrow(() -> RefusedException.unavailable("the model has no " + kind + " '" + name
                + "'; it has " + specs.stream().map(TensorSpec::name).toList()));
    }

    private static DataType type(DataType configured, TensorSpec spec) {
        if (configured != DataType.TYPE_INVALID && configured != spec.type()) {
            throw RefusedException.unavailable("tensor '" + spec.name() + "' is " + ElementTypes.name(configured)
                    + " in the configuration and " + ElementTypes.name(spec.type()) + " in the model");
        }
        return spec.type();
    }

    private static List<Long> dims(List<Long> configured, TensorSpec spec, boolean batched) {
        List<Long> own = BatchDims.dims(spec, batched);
        if (configured.isEmpty()) {
            return own;
        }
        requireFit("dims", configured, own, spec);
        return List.copyOf(configured);
    }

    private static void requireFit(String what, List<Long> configured, List<Long> own, TensorSpec spec) {
        if (!Shapes.compatible(configured, own)) {
            throw RefusedException.unavailable("tensor '" + spec.name() + "' has " + what + " "
                    + Shapes.text(configured) + " in the configuration and dims " + Shapes.text(own) + " in the model");
        }
    }

    /** With a reshape, the dims are those of the clients; the reshape's shape must fit the model. */
    private static List<Long> reshaped(
            List<Long> configured, ModelTensorReshape reshape, TensorSpec spec, boolean batched) {
        requireFit("reshape", reshape.getShapeList(), BatchDims.dims(spec, batched), spec);
        ReshapedModel.check(spec.name(), configured, reshape.getShapeList());
        return List.copyOf(configured);
    }
}
