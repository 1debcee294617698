package io.framequota.inference.inference.triton;

import io.framequota.contract.kserve.ModelConfig;
import io.framequota.contract.kserve.ModelInstanceGroup;
import io.framequota.contract.kserve.ModelMetadataResponse;
import io.framequota.contract.kserve.ModelOutput;
import io.framequota.contract.kserve.ModelParameter;
import io.framequota.contract.kserve.RepositoryIndexResponse.ModelIndex;
import io.framequota.inference.model.DataType;
import io.framequota.inference.model.ModelDescription;
import io.framequota.inference.model.ModelSpec;
import io.framequota.inference.model.ModelSpecs;
import io.framequota.inference.model.TensorSpec;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Asks a server what models it has. Failures of the connection are gRPC's own exceptions. */
final class Discovery {
    private static final System.Logger LOG = System.getLogger(Discovery.class.getName());

    /**
     * What a server has.
     *
     * @param usable models by name
     * @param unusable why the others cannot be used, by name
     */
    record Found(Map<String, ModelSpec> usable, Map<String, String> unusable) {
        static final Found NOTHING = new Found(Map.of(), Map.of());
    }

    private final TritonClient client;
    private final ModelSpecs specs;

    Discovery(TritonClient client, ModelSpecs specs) {
        this.client = client;
        this.specs = specs;
    }

    /** Asks for every model that is ready. */
    Found ask(Found before) {
        Map<String, ModelSpec> usable = new TreeMap<>();
        Map<String, String> unusable = new TreeMap<>();
        List<String> names = client.readyModels().stream()
                .map(ModelIndex::getName)
                .distinct()
                .toList();
        for (String name : names) {
            try {
                usable.put(name, specs.of(describe(name)));
            } catch (IllegalArgumentException e) {
                unusable.put(name, String.valueOf(e.getMessage()));
            } catch (StatusRuntimeException e) {
                // One model that cannot be described, as when it was unloaded just now, does not make the server away.
                if (Failures.serverAway(e.getStatus())) {
                    throw e;
                }
                unusable.put(name, Failures.text(e.getStatus()));
            }
        }
        unusable.forEach((name, cause) -> {
            if (!cause.equals(before.unusable().get(name))) {
                LOG.log(System.Logger.Level.WARNING, "model {0} cannot be used: {1}", name, cause);
            }
        });
        return new Found(usable, unusable);
    }

    private ModelDescription describe(String name) {
        ModelConfig config = client.config(name);
        List<TensorSpec> inputs = new ArrayList<>();
        List<TensorSpec> outputs = new ArrayList<>();
        String labelFile = null;
        boolean batched = config.getMaxBatchSize() > 0;
        if (config.getInputCount() == 0 || config.getOutputCount() == 0) {
            ModelMetadataResponse metadata = client.metadata(name);
            metadata.getInputsList()
                    .forEach(t -> inputs.add(tensor(t.getName(), t.getDatatype(), t.getShapeList(), false)));
            metadata.getOutputsList()
                    .forEach(t -> outputs.add(tensor(t.getName(), t.getDatatype(), t.getShapeList(), false)));
        } else {
            config.getInputList()
                    .forEach(t ->
                            inputs.add(tensor(t.getName(), type(t.getDataType().name()), t.getDimsList(), batched)));
            for (ModelOutput t : config.getOutputList()) {
                outputs.add(tensor(t.getName(), type(t.getDataType().name()), t.getDimsList(), batched));
                if (!t.getLabelFilename().isEmpty()) {
                    labelFile = t.getLabelFilename();
                }
            }
        }
        int instances = config.getInstanceGroupList().stream()
                .mapToInt(ModelInstanceGroup::getCount)
                .sum();
        return new ModelDescription(name, inputs, outputs, parameters(config), labelFile, instances);
    }

    private static TensorSpec tensor(String name, String type, List<Long> dims, boolean batched) {
        List<Long> shape = new ArrayList<>(dims);
        if (batched) {
            shape.addFirst(1L);
        }
        DataType known = DataType.named(type)
                .orElseThrow(() -> new IllegalArgumentException("tensor " + name + " is of type " + type));
        return new TensorSpec(name, known, shape);
    }

    /** {@code TYPE_FP32}, as configurations say, to {@code FP32}, as requests say. */
    private static String type(String configured) {
        return configured.startsWith("TYPE_") ? configured.substring("TYPE_".length()) : configured;
    }

    private static Map<String, String> parameters(ModelConfig config) {
        Map<String, String> parameters = new HashMap<>();
        for (Map.Entry<String, ModelParameter> p : config.getParametersMap().entrySet()) {
            parameters.put(p.getKey(), p.getValue().getStringValue());
        }
        return parameters;
    }
}
