package io.framequota.inference.triton;

import io.framequota.contract.kserve.ModelConfig;
import io.framequota.contract.kserve.ModelInstanceGroup;
import io.framequota.contract.kserve.ModelMetadataResponse;
import io.framequota.contract.kserve.ModelOutput;
import io.framequota.contract.kserve.ModelParameter;
import io.framequota.contract.kserve.RepositoryIndexResponse.ModelIndex;
import io.framequota.inference.model.DataType;
import io.framequota.inference.model.ModelDescription;
import io.framequota.inference.model.ModelSpec;
import io.framequota.inference.model.ModelSpecFactory;
import io.framequota.inference.model.ModelTensor;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Lists the models of a server. Connection failures are gRPC's own exceptions. */
final class ModelDiscovery {
    private static final System.Logger LOG = System.getLogger(ModelDiscovery.class.getName());
    private static final int MOST_TEXT = 400;
    private static final Pattern FOLDERS = Pattern.compile("(?<![\\w.:/])/(?:[^\\s/'\":]+/)+");

    /**
     * The models of a server.
     *
     * @param usable specifications by model name
     * @param unusable reasons by model name, one line each
     * @param prioritized names of the models whose configuration has priority levels
     */
    record Found(Map<String, ModelSpec> usable, Map<String, String> unusable, Set<String> prioritized) {
        static final Found NOTHING = new Found(Map.of(), Map.of(), Set.of());
    }

    private final TritonClient client;
    private final ModelSpecFactory specs;

    ModelDiscovery(TritonClient client, ModelSpecFactory specs) {
        this.client = client;
        this.specs = specs;
    }

    /** Asks the server about every model. */
    Found list(Found before) {
        Map<String, ModelSpec> usable = new TreeMap<>();
        Map<String, String> unusable = new TreeMap<>();
        Set<String> prioritized = new TreeSet<>();
        List<ModelIndex> index = client.index();
        Set<String> ready = index.stream()
                .filter(model -> model.getState().equals("READY"))
                .map(ModelIndex::getName)
                .collect(Collectors.toCollection(TreeSet::new));
        index.stream()
                .filter(model -> !ready.contains(model.getName()))
                .forEach(model -> unusable.put(model.getName(), reason(model)));
        for (String name : ready) {
            try {
                ModelConfig config = client.config(name);
                usable.put(name, specs.of(describe(name, config)));
                if (config.getDynamicBatching().getPriorityLevels() > 0) {
                    prioritized.add(name);
                }
            } catch (IllegalArgumentException e) {
                unusable.put(name, oneLine(String.valueOf(e.getMessage())));
            } catch (StatusRuntimeException e) {
                // A model that cannot be described, for instance because it was just unloaded, does not mean that
                // the server is away.
                if (ServerErrors.serverAway(e.getStatus())) {
                    throw e;
                }
                unusable.put(name, ServerErrors.text(e.getStatus()));
            }
        }
        unusable.forEach((name, cause) -> {
            if (!cause.equals(before.unusable().get(name))) {
                LOG.log(System.Logger.Level.WARNING, "model {0} cannot be used: {1}", name, cause);
            }
        });
        return new Found(usable, unusable, prioritized);
    }

    private static String reason(ModelIndex model) {
        if (!model.getReason().isBlank()) {
            return oneLine(model.getReason());
        }
        return switch (model.getState()) {
            case "LOADING" -> "the inference server is still loading it";
            default -> "the inference server has not loaded it";
        };
    }

    /** One line of bounded length, without the folders of the server's machine. */
    private static String oneLine(String text) {
        String line = FOLDERS.matcher(text.strip().replaceAll("\\s+", " ")).replaceAll("");
        return line.length() <= MOST_TEXT ? line : line.substring(0, MOST_TEXT) + "...";
    }

    private ModelDescription describe(String name, ModelConfig config) {
        List<ModelTensor> inputs = new ArrayList<>();
        List<ModelTensor> outputs = new ArrayList<>();
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

    private static ModelTensor tensor(String name, String type, List<Long> dims, boolean batched) {
        List<Long> shape = new ArrayList<>(dims);
        if (batched) {
            shape.addFirst(1L);
        }
        DataType known = DataType.named(type)
                .orElseThrow(() -> new IllegalArgumentException("tensor " + name + " is of type " + type));
        return new ModelTensor(name, known, shape);
    }

    /** {@code TYPE_FP32}, the name in configurations, becomes {@code FP32}, the name in requests. */
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
