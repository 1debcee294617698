package io.framequota.inferenceserver.repository;

import io.framequota.contract.kserve.ModelConfig;
import io.framequota.contract.kserve.ModelInstanceGroup;
import io.framequota.inferenceserver.backend.Backend;
import io.framequota.inferenceserver.backend.Model;
import io.framequota.inferenceserver.execution.ModelExecutor;
import io.framequota.inferenceserver.execution.QueueLimit;
import io.framequota.inferenceserver.refusal.RefusedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.TreeMap;

/**
 * Loads models from folders.
 *
 * @param instances concurrent executions of a model without instance groups
 * @param queue limit of the queue of one model
 */
public record ModelLoader(Backend onnx, int instances, QueueLimit queue, InstantSource clock) {
    private static final String ONNX_FILE = "model.onnx";

    /** Loads all versions that are to be served, or none of them. */
    ModelState.Ready load(String name, Path folder) {
        ModelConfig partial = ConfigFile.read(name, folder);
        String file = partial.getDefaultModelFilename().isEmpty() ? ONNX_FILE : partial.getDefaultModelFilename();
        requireOnnx(partial);
        List<Long> versions = ModelVersions.served(ModelVersions.in(folder), partial.getVersionPolicy());
        if (versions.isEmpty()) {
            throw RefusedException.unavailable("there is no version to serve; put the model at " + name + "/1/" + file);
        }
        ModelConfig named = partial.toBuilder()
                .setBackend("onnxruntime")
                .setPlatform("onnxruntime_onnx")
                .setDefaultModelFilename(file)
                .build();
        TreeMap<Long, LoadedModel> loaded = new TreeMap<>();
        try {
            for (long version : versions) {
                Path path = folder.resolve(Long.toString(version)).resolve(file);
                if (!Files.isRegularFile(path)) {
                    throw RefusedException.unavailable("there is no " + name + "/" + version + "/" + file);
                }
                Backend.Opened opened = onnx.open(LabelsParameter.addTo(named, folder), path);
                loaded.put(version, serve(version, opened.config(), opened.model()));
            }
        } catch (RuntimeException e) {
            loaded.values().forEach(model -> model.executor().close());
            throw e;
        }
        return new ModelState.Ready(loaded);
    }

    /** Completes the configuration of an opened model and creates its queue. Takes ownership of the model. */
    LoadedModel serve(long version, ModelConfig partial, Model model) {
        try {
            ModelConfig config = ConfigCompletion.complete(partial, model.signature(), instances);
            int atOnce = config.getInstanceGroupList().stream()
                    .mapToInt(ModelInstanceGroup::getCount)
                    .sum();
            int configured = config.getDynamicBatching().getDefaultQueuePolicy().getMaxQueueSize();
            ModelExecutor executor = new ModelExecutor(
                    config.getName(),
                    ReshapedModel.of(model, config),
                    atOnce,
                    configured > 0 ? queue.withRequests(configured) : queue,
                    clock);
            return LoadedModel.of(version, config, executor);
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }

    private static void requireOnnx(ModelConfig config) {
        String backend = config.getBackend().isEmpty() ? config.getPlatform() : config.getBackend();
        if (!List.of("", "onnxruntime", "onnxruntime_onnx").contains(backend)) {
            throw RefusedException.unavailable("backend '" + backend
                    + "' is not available in the embedded server, which supports onnxruntime only");
        }
        if (config.hasSequenceBatching() || config.hasEnsembleScheduling()) {
            throw RefusedException.unavailable(
                    "the embedded server does not support sequence batching and ensembles; use Triton");
        }
    }
}
