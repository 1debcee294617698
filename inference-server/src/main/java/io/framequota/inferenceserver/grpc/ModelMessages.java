package io.framequota.inferenceserver.grpc;

import io.framequota.contract.kserve.InferBatchStatistics;
import io.framequota.contract.kserve.InferStatistics;
import io.framequota.contract.kserve.ModelConfigRequest;
import io.framequota.contract.kserve.ModelConfigResponse;
import io.framequota.contract.kserve.ModelMetadataRequest;
import io.framequota.contract.kserve.ModelMetadataResponse;
import io.framequota.contract.kserve.ModelMetadataResponse.TensorMetadata;
import io.framequota.contract.kserve.ModelReadyRequest;
import io.framequota.contract.kserve.ModelReadyResponse;
import io.framequota.contract.kserve.ModelStatistics;
import io.framequota.contract.kserve.ModelStatisticsRequest;
import io.framequota.contract.kserve.ModelStatisticsResponse;
import io.framequota.contract.kserve.RepositoryIndexRequest;
import io.framequota.contract.kserve.RepositoryIndexResponse;
import io.framequota.contract.kserve.ServerMetadataResponse;
import io.framequota.contract.kserve.StatisticDuration;
import io.framequota.contract.kserve.SystemSharedMemoryStatusRequest;
import io.framequota.contract.kserve.SystemSharedMemoryStatusResponse;
import io.framequota.contract.kserve.SystemSharedMemoryStatusResponse.RegionStatus;
import io.framequota.inferenceserver.backend.ElementTypes;
import io.framequota.inferenceserver.backend.TensorSpec;
import io.framequota.inferenceserver.execution.InferenceCounters;
import io.framequota.inferenceserver.memory.RegisteredRegions;
import io.framequota.inferenceserver.refusal.RefusedException;
import io.framequota.inferenceserver.refusal.RefusedException.Kind;
import io.framequota.inferenceserver.repository.LoadedModel;
import io.framequota.inferenceserver.repository.ModelRepository;
import java.util.List;

/** Builds the messages that describe the server, its models and its shared memory. */
final class ModelMessages {
    private static final List<String> EXTENSIONS = List.of(
            "model_repository",
            "model_configuration",
            "system_shared_memory",
            "binary_tensor_data",
            "parameters",
            "statistics",
            // Every model takes the parameter "priority" of a request; with Triton its configuration says so.
            "framequota_priority");

    private final ModelRepository models;
    private final RegisteredRegions memory;
    private final String serverVersion;

    ModelMessages(ModelRepository models, RegisteredRegions memory, String serverVersion) {
        this.models = models;
        this.memory = memory;
        this.serverVersion = serverVersion;
    }

    /** The version in a request, 0 when it has none. */
    static long version(String text) {
        if (text.isEmpty()) {
            return 0;
        }
        try {
            long version = Long.parseLong(text);
            if (version > 0) {
                return version;
            }
        } catch (NumberFormatException e) {
            // The error below covers this case and numbers that are too small.
        }
        throw RefusedException.invalid("model version '" + text + "' is not a positive integer");
    }

    /** Triton has several repositories and parameters of a load; this server does not. */
    static void requirePlain(String repository, int parameters) {
        if (!repository.isEmpty()) {
            throw new RefusedException(Kind.UNIMPLEMENTED, "'repository_name' is not supported");
        }
        if (parameters > 0) {
            throw new RefusedException(
                    Kind.UNIMPLEMENTED, "load parameters are not supported; change the model's folder instead");
        }
    }

    ServerMetadataResponse server() {
        return ServerMetadataResponse.newBuilder()
                .setName("framequota-inference-server")
                .setVersion(serverVersion)
                .addAllExtensions(EXTENSIONS)
                .build();
    }

    ModelReadyResponse ready(ModelReadyRequest request) {
        boolean ready = models.ready(request.getName(), version(request.getVersion()));
        return ModelReadyResponse.newBuilder().setReady(ready).build();
    }

    ModelMetadataResponse metadata(ModelMetadataRequest request) {
        LoadedModel model = models.find(request.getName(), version(request.getVersion()));
        ModelMetadataResponse.Builder response = ModelMetadataResponse.newBuilder()
                .setName(model.name())
                .addAllVersions(models.serving().stream()
                        .filter(served -> served.name().equals(model.name()))
                        .map(served -> Long.toString(served.version()))
                        .toList())
                .setPlatform(
                        model.config().getPlatform().isEmpty()
                                ? model.config().getBackend()
                                : model.config().getPlatform());
        model.inputs().values().forEach(spec -> response.addInputs(tensor(spec)));
        model.outputs().values().forEach(spec -> response.addOutputs(tensor(spec)));
        return response.build();
    }

    private static TensorMetadata tensor(TensorSpec spec) {
        return TensorMetadata.newBuilder()
                .setName(spec.name())
                .setDatatype(ElementTypes.name(spec.type()))
                .addAllShape(spec.shape())
                .build();
    }

    ModelConfigResponse config(ModelConfigRequest request) {
        LoadedModel model = models.find(request.getName(), version(request.getVersion()));
        return ModelConfigResponse.newBuilder().setConfig(model.config()).build();
    }

    ModelStatisticsResponse statistics(ModelStatisticsRequest request) {
        long version = version(request.getVersion());
        List<LoadedModel> chosen = models.serving().stream()
                .filter(model -> request.getName().isEmpty() || model.name().equals(request.getName()))
                .filter(model -> version == 0 || model.version() == version)
                .toList();
        if (chosen.isEmpty() && !request.getName().isEmpty()) {
            throw RefusedException.invalid("requested model '" + request.getName() + "' or version is not available");
        }
        ModelStatisticsResponse.Builder response = ModelStatisticsResponse.newBuilder();
        chosen.forEach(model -> response.addModelStats(statistics(model)));
        return response.build();
    }

    private static ModelStatistics statistics(LoadedModel model) {
        InferenceCounters.Snapshot counts = model.executor().statistics();
        ModelStatistics.Builder message = ModelStatistics.newBuilder()
                .setName(model.name())
                .setVersion(Long.toString(model.version()))
                .setLastInference(counts.lastInferenceMs())
                .setInferenceCount(counts.inferences())
                .setExecutionCount(counts.executions())
                .setInferenceStats(InferStatistics.newBuilder()
                        .setSuccess(total(counts.success()))
                        .setFail(total(counts.fail()))
                        .setQueue(total(counts.queue()))
                        .setComputeInput(total(counts.input()))
                        .setComputeInfer(total(counts.infer()))
                        .setComputeOutput(total(counts.output()))
                        .setCacheHit(StatisticDuration.getDefaultInstance())
                        .setCacheMiss(StatisticDuration.getDefaultInstance()));
        counts.batches()
                .forEach((size, batch) -> message.addBatchStats(InferBatchStatistics.newBuilder()
                        .setBatchSize(size)
                        .setComputeInput(total(batch.input()))
                        .setComputeInfer(total(batch.infer()))
                        .setComputeOutput(total(batch.output()))));
        return message.build();
    }

    private static StatisticDuration total(InferenceCounters.Total total) {
        return StatisticDuration.newBuilder()
                .setCount(total.count())
                .setNs(total.ns())
                .build();
    }

    RepositoryIndexResponse index(RepositoryIndexRequest request) {
        requirePlain(request.getRepositoryName(), 0);
        RepositoryIndexResponse.Builder response = RepositoryIndexResponse.newBuilder();
        models.index(request.getReady())
                .forEach(entry -> response.addModelsBuilder()
                        .setName(entry.name())
                        .setVersion(entry.version())
                        .setState(entry.state())
                        .setReason(entry.reason()));
        return response.build();
    }

    SystemSharedMemoryStatusResponse regions(SystemSharedMemoryStatusRequest request) {
        List<RegisteredRegions.Status> regions =
                request.getName().isEmpty() ? memory.all() : List.of(memory.status(request.getName()));
        SystemSharedMemoryStatusResponse.Builder response = SystemSharedMemoryStatusResponse.newBuilder();
        regions.forEach(region -> response.putRegions(
                region.name(),
                RegionStatus.newBuilder()
                        .setName(region.name())
                        .setKey(region.key())
                        .setOffset(region.offset())
                        .setByteSize(region.byteSize())
                        .build()));
        return response.build();
    }
}
