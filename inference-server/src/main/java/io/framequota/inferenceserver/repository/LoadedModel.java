package io.framequota.inferenceserver.repository;

import io.framequota.contract.kserve.ModelConfig;
import io.framequota.inferenceserver.backend.SmallerPicturesParameter;
import io.framequota.inferenceserver.backend.TensorSpec;
import io.framequota.inferenceserver.execution.ModelExecutor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A version of a model that answers requests.
 *
 * @param config the complete configuration
 * @param inputs by name, as in requests, with the batch in front where the model has one
 * @param outputs by name, as in responses
 * @param pictureMultiple height and width of smaller pictures must be multiples of this; 0 for full pictures only
 */
public record LoadedModel(
        String name,
        long version,
        ModelConfig config,
        Map<String, TensorSpec> inputs,
        Map<String, TensorSpec> outputs,
        int pictureMultiple,
        ModelExecutor executor) {

    static LoadedModel of(long version, ModelConfig config, ModelExecutor executor) {
        boolean batched = config.getMaxBatchSize() > 0;
        Map<String, TensorSpec> inputs = new LinkedHashMap<>();
        config.getInputList()
                .forEach(i -> put(inputs, new TensorSpec(i.getName(), i.getDataType(), i.getDimsList()), batched));
        Map<String, TensorSpec> outputs = new LinkedHashMap<>();
        config.getOutputList()
                .forEach(o -> put(outputs, new TensorSpec(o.getName(), o.getDataType(), o.getDimsList()), batched));
        return new LoadedModel(
                config.getName(),
                version,
                config,
                inputs,
                outputs,
                SmallerPicturesParameter.multiple(config),
                executor);
    }

    private static void put(Map<String, TensorSpec> specs, TensorSpec spec, boolean batched) {
        specs.put(spec.name(), batched ? BatchDims.batched(spec) : spec);
    }

    /** The largest batch of a request, 0 for a model without a batch dimension. */
    public int maxBatch() {
        return config.getMaxBatchSize();
    }
}
