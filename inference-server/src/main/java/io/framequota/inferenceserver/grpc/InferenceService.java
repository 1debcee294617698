package io.framequota.inferenceserver.grpc;

import com.google.protobuf.Message;
import io.framequota.contract.kserve.CudaSharedMemoryStatusRequest;
import io.framequota.contract.kserve.CudaSharedMemoryStatusResponse;
import io.framequota.contract.kserve.CudaSharedMemoryUnregisterRequest;
import io.framequota.contract.kserve.CudaSharedMemoryUnregisterResponse;
import io.framequota.contract.kserve.GRPCInferenceServiceGrpc;
import io.framequota.contract.kserve.GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase;
import io.framequota.contract.kserve.ModelConfigRequest;
import io.framequota.contract.kserve.ModelConfigResponse;
import io.framequota.contract.kserve.ModelInferRequest;
import io.framequota.contract.kserve.ModelInferResponse;
import io.framequota.contract.kserve.ModelMetadataRequest;
import io.framequota.contract.kserve.ModelMetadataResponse;
import io.framequota.contract.kserve.ModelReadyRequest;
import io.framequota.contract.kserve.ModelReadyResponse;
import io.framequota.contract.kserve.ModelStatisticsRequest;
import io.framequota.contract.kserve.ModelStatisticsResponse;
import io.framequota.contract.kserve.RepositoryIndexRequest;
import io.framequota.contract.kserve.RepositoryIndexResponse;
import io.framequota.contract.kserve.RepositoryModelLoadRequest;
import io.framequota.contract.kserve.RepositoryModelLoadResponse;
import io.framequota.contract.kserve.RepositoryModelUnloadRequest;
import io.framequota.contract.kserve.RepositoryModelUnloadResponse;
import io.framequota.contract.kserve.ServerLiveRequest;
import io.framequota.contract.kserve.ServerLiveResponse;
import io.framequota.contract.kserve.ServerMetadataRequest;
import io.framequota.contract.kserve.ServerMetadataResponse;
import io.framequota.contract.kserve.ServerReadyRequest;
import io.framequota.contract.kserve.ServerReadyResponse;
import io.framequota.contract.kserve.SystemSharedMemoryRegisterRequest;
import io.framequota.contract.kserve.SystemSharedMemoryRegisterResponse;
import io.framequota.contract.kserve.SystemSharedMemoryStatusRequest;
import io.framequota.contract.kserve.SystemSharedMemoryStatusResponse;
import io.framequota.contract.kserve.SystemSharedMemoryUnregisterRequest;
import io.framequota.contract.kserve.SystemSharedMemoryUnregisterResponse;
import io.framequota.inferenceserver.grpc.InferRequestMarshaller.Received;
import io.framequota.inferenceserver.memory.RegisteredRegions;
import io.framequota.inferenceserver.repository.LoadedModel;
import io.framequota.inferenceserver.repository.ModelRepository;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * The KServe v2 service. Its methods run on the network thread and must not block: inference runs on the model's threads,
 * loading and unloading on the background thread.
 */
public final class InferenceService extends GRPCInferenceServiceImplBase {
    private final ModelRepository models;
    private final RegisteredRegions memory;
    private final Executor background;
    private final InferRequestParser requests;
    private final ModelMessages messages;

    /**
     * @param version version of the server
     * @param background runs long tasks
     */
    public InferenceService(ModelRepository models, RegisteredRegions memory, String version, Executor background) {
        this.models = models;
        this.memory = memory;
        this.background = background;
        this.requests = new InferRequestParser(memory);
        this.messages = new ModelMessages(models, memory, version);
    }

    /** The service definition with a ModelInfer method that reads its requests within the budget. */
    public ServerServiceDefinition within(MessageBudget budget) {
        MethodDescriptor<Received, ModelInferResponse> infer = GRPCInferenceServiceGrpc.getModelInferMethod().toBuilder(
                        new InferRequestMarshaller(budget),
                        ProtoUtils.marshaller(ModelInferResponse.getDefaultInstance()))
                .build();
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(GRPCInferenceServiceGrpc.SERVICE_NAME)
                .addMethod(infer, ServerCalls.asyncUnaryCall(this::infer));
        bindService().getMethods().stream()
                .filter(method ->
                        !method.getMethodDescriptor().getFullMethodName().equals(infer.getFullMethodName()))
                .forEach(service::addMethod);
        return service.build();
    }

    private void infer(Received received, StreamObserver<ModelInferResponse> observer) {
        ModelInferRequest request = received.request();
        if (request == null) {
            observer.onError(received.status().asRuntimeException());
            return;
        }
        var call = (ServerCallStreamObserver<ModelInferResponse>) observer;
        // Without a handler, answering a call that was cancelled would throw.
        call.setOnCancelHandler(() -> {});
        try {
            LoadedModel model = models.find(request.getModelName(), ModelMessages.version(request.getModelVersion()));
            AcceptedRequest inference = requests.check(model, request, call);
            try {
                model.executor().submit(inference);
            } catch (RuntimeException e) {
                inference.release();
                throw e;
            }
        } catch (RuntimeException e) {
            call.onError(StatusMapper.of(e));
        }
    }

    @Override
    public void serverLive(ServerLiveRequest request, StreamObserver<ServerLiveResponse> call) {
        answer(call, () -> ServerLiveResponse.newBuilder().setLive(true).build());
    }

    @Override
    public void serverReady(ServerReadyRequest request, StreamObserver<ServerReadyResponse> call) {
        // The port opens after the models are loaded.
        answer(call, () -> ServerReadyResponse.newBuilder().setReady(true).build());
    }

    @Override
    public void modelReady(ModelReadyRequest request, StreamObserver<ModelReadyResponse> call) {
        answer(call, () -> messages.ready(request));
    }

    @Override
    public void serverMetadata(ServerMetadataRequest request, StreamObserver<ServerMetadataResponse> call) {
        answer(call, messages::server);
    }

    @Override
    public void modelMetadata(ModelMetadataRequest request, StreamObserver<ModelMetadataResponse> call) {
        answer(call, () -> messages.metadata(request));
    }

    @Override
    public void modelConfig(ModelConfigRequest request, StreamObserver<ModelConfigResponse> call) {
        answer(call, () -> messages.config(request));
    }

    @Override
    public void modelStatistics(ModelStatisticsRequest request, StreamObserver<ModelStatisticsResponse> call) {
        answer(call, () -> messages.statistics(request));
    }

    @Override
    public void repositoryIndex(RepositoryIndexRequest request, StreamObserver<RepositoryIndexResponse> call) {
        answer(call, () -> messages.index(request));
    }

    @Override
    public void repositoryModelLoad(
            RepositoryModelLoadRequest request, StreamObserver<RepositoryModelLoadResponse> call) {
        background.execute(() -> answer(call, () -> {
            ModelMessages.requirePlain(request.getRepositoryName(), request.getParametersCount());
            models.load(request.getModelName());
            return RepositoryModelLoadResponse.getDefaultInstance();
        }));
    }

    @Override
    public void repositoryModelUnload(
            RepositoryModelUnloadRequest request, StreamObserver<RepositoryModelUnloadResponse> call) {
        background.execute(() -> answer(call, () -> {
            ModelMessages.requirePlain(request.getRepositoryName(), 0);
            models.unload(request.getModelName());
            return RepositoryModelUnloadResponse.getDefaultInstance();
        }));
    }

    @Override
    public void systemSharedMemoryStatus(
            SystemSharedMemoryStatusRequest request, StreamObserver<SystemSharedMemoryStatusResponse> call) {
        answer(call, () -> messages.regions(request));
    }

    @Override
    public void systemSharedMemoryRegister(
            SystemSharedMemoryRegisterRequest request, StreamObserver<SystemSharedMemoryRegisterResponse> call) {
        answer(call, () -> {
            memory.register(request.getName(), request.getKey(), request.getOffset(), request.getByteSize());
            return SystemSharedMemoryRegisterResponse.getDefaultInstance();
        });
    }

    @Override
    public void systemSharedMemoryUnregister(
            SystemSharedMemoryUnregisterRequest request, StreamObserver<SystemSharedMemoryUnregisterResponse> call) {
        answer(call, () -> {
            if (request.getName().isEmpty()) {
                memory.unregisterAll();
            } else {
                memory.unregister(request.getName());
            }
            return SystemSharedMemoryUnregisterResponse.getDefaultInstance();
        });
    }

    @Override
    public void cudaSharedMemoryStatus(
            CudaSharedMemoryStatusRequest request, StreamObserver<CudaSharedMemoryStatusResponse> call) {
        answer(call, CudaSharedMemoryStatusResponse::getDefaultInstance);
    }

    /** Clients unregister all kinds of memory when they start. There is never CUDA memory here, so there is nothing to do. */
    @Override
    public void cudaSharedMemoryUnregister(
            CudaSharedMemoryUnregisterRequest request, StreamObserver<CudaSharedMemoryUnregisterResponse> call) {
        answer(call, CudaSharedMemoryUnregisterResponse::getDefaultInstance);
    }

    private static <T extends Message> void answer(StreamObserver<T> call, Supplier<T> work) {
        T message;
        try {
            message = work.get();
        } catch (RuntimeException e) {
            call.onError(StatusMapper.of(e));
            return;
        }
        call.onNext(message);
        call.onCompleted();
    }
}
