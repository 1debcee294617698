package io.framequota.inference.triton;

import io.framequota.common.access.BearerToken;
import io.framequota.common.access.CallerName;
import io.framequota.contract.control.ComputeGrpc;
import io.framequota.contract.control.ComputeGrpc.ComputeBlockingStub;
import io.framequota.contract.control.CpuUse;
import io.framequota.contract.control.QueueRequest;
import io.framequota.contract.control.Queued;
import io.framequota.contract.control.UseRequest;
import io.framequota.contract.kserve.GRPCInferenceServiceGrpc;
import io.framequota.contract.kserve.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import io.framequota.contract.kserve.ModelConfig;
import io.framequota.contract.kserve.ModelConfigRequest;
import io.framequota.contract.kserve.ModelInferRequest;
import io.framequota.contract.kserve.ModelInferResponse;
import io.framequota.contract.kserve.ModelMetadataRequest;
import io.framequota.contract.kserve.ModelMetadataResponse;
import io.framequota.contract.kserve.ModelStatistics;
import io.framequota.contract.kserve.ModelStatisticsRequest;
import io.framequota.contract.kserve.RepositoryIndexRequest;
import io.framequota.contract.kserve.RepositoryIndexResponse.ModelIndex;
import io.framequota.contract.kserve.RepositoryModelLoadRequest;
import io.framequota.contract.kserve.ServerMetadataRequest;
import io.framequota.contract.kserve.ServerMetadataResponse;
import io.framequota.contract.kserve.ServerReadyRequest;
import io.framequota.contract.kserve.SystemSharedMemoryRegisterRequest;
import io.framequota.contract.kserve.SystemSharedMemoryStatusRequest;
import io.framequota.contract.kserve.SystemSharedMemoryStatusResponse.RegionStatus;
import io.framequota.contract.kserve.SystemSharedMemoryUnregisterRequest;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The protocol calls of a worker, on one channel with one network thread. Failures are gRPC's own exceptions. */
final class TritonClient implements AutoCloseable {
    private static final int MAX_RESPONSE = 64 * 1024 * 1024;
    private static final int WINDOW = 4 * 1024 * 1024;
    /** Long enough for a server with a small CPU quota. It is a last resort: a server that died is noticed at once. */
    private static final Duration CONTROL = Duration.ofSeconds(5);

    /** Long enough for the largest models. */
    private static final Duration LOAD = Duration.ofSeconds(30);

    private static final Duration INFER = Duration.ofSeconds(120);

    private final NioEventLoopGroup network = new NioEventLoopGroup(1);
    private final ManagedChannel channel;

    /**
     * @param caller name of this worker, which only its own server is told
     * @param token shown to the server with every call, null for a server that is not this system's own
     */
    TritonClient(String host, int port, String caller, @Nullable BearerToken token) {
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(host, port)
                .usePlaintext()
                .eventLoopGroup(network)
                .channelType(NioSocketChannel.class)
                .directExecutor()
                .maxInboundMessageSize(MAX_RESPONSE)
                .flowControlWindow(WINDOW)
                .disableRetry();
        if (token != null) {
            builder.intercept(token.interceptor(), CallerName.sent(caller));
        }
        channel = builder.build();
    }

    /** Connects now instead of after gRPC's back-off. */
    void connectNow() {
        channel.resetConnectBackoff();
    }

    boolean ready() {
        return control().serverReady(ServerReadyRequest.getDefaultInstance()).getReady();
    }

    /** CPU counters of our own server; other servers do not implement this call. */
    CpuUse use() {
        return compute().use(UseRequest.getDefaultInstance());
    }

    /** Requests that wait at our own server; other servers do not implement this call. */
    Queued queued() {
        return compute().queue(QueueRequest.getDefaultInstance());
    }

    /** What the server has computed since it started, by model. Other servers than Triton may not implement this call. */
    Map<String, ComputeGate.ModelTime> times() {
        Map<String, ComputeGate.ModelTime> times = new HashMap<>();
        for (ModelStatistics model : control()
                .modelStatistics(ModelStatisticsRequest.getDefaultInstance())
                .getModelStatsList()) {
            // inference_stats count a batch once for each of its requests, batch_stats once.
            long ns = model.getBatchStatsList().stream()
                    .mapToLong(b -> b.getComputeInput().getNs()
                            + b.getComputeInfer().getNs()
                            + b.getComputeOutput().getNs())
                    .sum();
            times.merge(
                    model.getName(),
                    new ComputeGate.ModelTime(model.getInferenceCount(), ns),
                    (a, b) -> new ComputeGate.ModelTime(a.requests() + b.requests(), a.computeNs() + b.computeNs()));
        }
        return times;
    }

    ServerMetadataResponse server() {
        return control().serverMetadata(ServerMetadataRequest.getDefaultInstance());
    }

    /** All versions of all models, whether ready or not. */
    List<ModelIndex> index() {
        return control()
                .repositoryIndex(RepositoryIndexRequest.getDefaultInstance())
                .getModelsList();
    }

    ModelConfig config(String model) {
        return control()
                .modelConfig(ModelConfigRequest.newBuilder().setName(model).build())
                .getConfig();
    }

    ModelMetadataResponse metadata(String model) {
        return control()
                .modelMetadata(ModelMetadataRequest.newBuilder().setName(model).build());
    }

    /** Loads a model of the server's repository and waits until it is loaded. */
    void load(String model) {
        GRPCInferenceServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(LOAD.toSeconds(), TimeUnit.SECONDS)
                .repositoryModelLoad(RepositoryModelLoadRequest.newBuilder()
                        .setModelName(model)
                        .build());
    }

    /** The registered regions by name. */
    Map<String, RegionStatus> regions() {
        return control()
                .systemSharedMemoryStatus(SystemSharedMemoryStatusRequest.getDefaultInstance())
                .getRegionsMap();
    }

    void register(String name, String key, long bytes) {
        control()
                .systemSharedMemoryRegister(SystemSharedMemoryRegisterRequest.newBuilder()
                        .setName(name)
                        .setKey(key)
                        .setByteSize(bytes)
                        .build());
    }

    void unregister(String name) {
        control()
                .systemSharedMemoryUnregister(SystemSharedMemoryUnregisterRequest.newBuilder()
                        .setName(name)
                        .build());
    }

    /** Sends a picture. The observer is called on the network thread. */
    void infer(ModelInferRequest request, StreamObserver<ModelInferResponse> observer) {
        GRPCInferenceServiceGrpc.newStub(channel)
                .withDeadlineAfter(INFER.toSeconds(), TimeUnit.SECONDS)
                .modelInfer(request, observer);
    }

    private ComputeBlockingStub compute() {
        return ComputeGrpc.newBlockingStub(channel).withDeadlineAfter(CONTROL.toSeconds(), TimeUnit.SECONDS);
    }

    private GRPCInferenceServiceBlockingStub control() {
        return GRPCInferenceServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(CONTROL.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        channel.shutdownNow();
        network.shutdownGracefully(0, 100, TimeUnit.MILLISECONDS);
    }
}
