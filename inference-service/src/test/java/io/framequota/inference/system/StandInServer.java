package io.framequota.inference.system;

import com.google.protobuf.ByteString;
import io.framequota.common.access.BearerToken;
import io.framequota.contract.control.ComputeGrpc;
import io.framequota.contract.control.QueueRequest;
import io.framequota.contract.control.Queued;
import io.framequota.contract.kserve.*;
import io.framequota.contract.kserve.ModelInferResponse.InferOutputTensor;
import io.framequota.contract.kserve.RepositoryIndexResponse.ModelIndex;
import io.framequota.contract.kserve.SystemSharedMemoryStatusResponse.RegionStatus;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Replaces the embedded inference server in this module's tests. It implements the part of KServe v2 that workers use, with a
 * model {@code marks} that takes a picture of any size and returns one box placed by the picture's first byte. So the line of a
 * frame shows which pixels were inferred. A first byte of {@link #BROKEN} is refused. The whole-system tests use the real
 * server.
 */
public final class StandInServer extends GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase {
    public static final byte BROKEN = (byte) 250;

    private final int port;
    private final @Nullable BearerToken token;
    private final Map<String, RegionStatus> regions = new ConcurrentHashMap<>();
    private final Map<String, MappedByteBuffer> memories = new ConcurrentHashMap<>();
    private final Map<Integer, AtomicInteger> seen = new ConcurrentHashMap<>();
    private final ExecutorService inferring = Executors.newCachedThreadPool();
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private volatile Server server;
    private volatile boolean sick;
    private volatile boolean stalled;
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile boolean loaded;
    private volatile boolean takesPriorities;
    private volatile int priorityLevels;

    /** The priority of each request, 0 for none, in order of arrival. */
    public final Queue<Long> priorities = new ConcurrentLinkedQueue<>();

    /** How often a model load was requested. */
    public final AtomicInteger loads = new AtomicInteger();

    public final AtomicInteger sharedRequests = new AtomicInteger();
    public final AtomicInteger rawRequests = new AtomicInteger();

    public StandInServer(int port) {
        this(port, null);
    }

    /** A server that refuses callers without the token. */
    public StandInServer(int port, @Nullable BearerToken token) {
        this.port = port;
        this.token = token;
    }

    /** Starts like a new process: without regions. */
    public synchronized void start() {
        try {
            regions.clear();
            loaded = true;
            server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", port))
                    .maxInboundMessageSize(32 * 1024 * 1024)
                    .addService(this)
                    .addService(new Waiting())
                    .intercept(new Gate())
                    .build()
                    .start();
        } catch (IOException e) {
            throw new IllegalStateException("cannot listen on " + port, e);
        }
    }

    /** Ends like a killed process: connections break, and nothing is answered. */
    public synchronized void kill() {
        server.shutdownNow();
        try {
            server.awaitTermination();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Answers nothing until {@link #open}. */
    public void hold() {
        gate = new CountDownLatch(1);
    }

    public void open() {
        gate.countDown();
    }

    /** How often a picture with this first byte was sent. */
    public int asked(int mark) {
        return seen.getOrDefault(mark, new AtomicInteger()).get();
    }

    /** The names of its regions. */
    public Set<String> regions() {
        return Set.copyOf(regions.keySet());
    }

    /** Forgets all regions, as if another client had unregistered them. */
    public void forgetRegions() {
        regions.clear();
    }

    /** Unloads {@code marks}, as if another client had asked for it. */
    public void unload() {
        loaded = false;
    }

    /** Sets whether it says that it takes priorities for all models, and how many levels the configuration of {@code marks} has. */
    public void priorities(boolean all, int levels) {
        takesPriorities = all;
        priorityLevels = levels;
    }

    /** Sets whether it is too busy to list or unregister regions. */
    public void stall(boolean stalled) {
        this.stalled = stalled;
    }

    @Override
    public void serverReady(ServerReadyRequest request, StreamObserver<ServerReadyResponse> out) {
        answer(out, ServerReadyResponse.newBuilder().setReady(true).build());
    }

    @Override
    public void serverMetadata(ServerMetadataRequest request, StreamObserver<ServerMetadataResponse> out) {
        answer(
                out,
                ServerMetadataResponse.newBuilder()
                        .setName("stand-in")
                        .setVersion("1")
                        .addAllExtensions(takesPriorities ? List.of("framequota_priority") : List.of())
                        .build());
    }

    @Override
    public void repositoryIndex(RepositoryIndexRequest request, StreamObserver<RepositoryIndexResponse> out) {
        answer(
                out,
                RepositoryIndexResponse.newBuilder()
                        .addModels(ModelIndex.newBuilder()
                                .setName("marks")
                                .setVersion("1")
                                .setState(loaded ? "READY" : "UNAVAILABLE")
                                .setReason(loaded ? "" : "unloaded"))
                        .addModels(ModelIndex.newBuilder()
                                .setName("broken")
                                .setVersion("1")
                                .setState("UNAVAILABLE")
                                .setReason("failed to load /srv/models/broken/1/model.onnx:\nno graph"))
                        .addModels(ModelIndex.newBuilder()
                                .setName("words")
                                .setVersion("1")
                                .setState("READY"))
                        .build());
    }

    @Override
    public void repositoryModelLoad(
            RepositoryModelLoadRequest request, StreamObserver<RepositoryModelLoadResponse> out) {
        loads.incrementAndGet();
        loaded = true;
        answer(out, RepositoryModelLoadResponse.getDefaultInstance());
    }

    @Override
    public void modelConfig(ModelConfigRequest request, StreamObserver<ModelConfigResponse> out) {
        ModelConfig.Builder config = ModelConfig.newBuilder().setName(request.getName());
        if (request.getName().equals("marks")) {
            config.addInput(input("image", DataType.TYPE_UINT8, -1, -1, 3))
                    .addOutput(ModelOutput.newBuilder()
                            .setName("detections")
                            .setDataType(DataType.TYPE_FP32)
                            .addDims(-1)
                            .addDims(6))
                    .addInstanceGroup(ModelInstanceGroup.newBuilder().setCount(2))
                    .putParameters("framequota.postprocess", text("hog"))
                    .putParameters("framequota.labels", text("mark"));
            if (priorityLevels > 0) {
                config.getDynamicBatchingBuilder().setPriorityLevels(priorityLevels);
            }
        } else {
            config.addInput(input("text", DataType.TYPE_STRING, 1))
                    .addOutput(ModelOutput.newBuilder()
                            .setName("answer")
                            .setDataType(DataType.TYPE_FP32)
                            .addDims(1));
        }
        answer(out, ModelConfigResponse.newBuilder().setConfig(config).build());
    }

    @Override
    public void modelInfer(ModelInferRequest request, StreamObserver<ModelInferResponse> out) {
        priorities.add(
                request.containsParameters("priority")
                        ? request.getParametersOrThrow("priority").getInt64Param()
                        : 0);
        CountDownLatch held = gate;
        waiting.incrementAndGet();
        inferring.execute(() -> {
            try {
                held.await();
                waiting.decrementAndGet();
                infer(request, out);
            } catch (IOException | InterruptedException e) {
                out.onError(Status.INTERNAL.withDescription(e.getMessage()).asRuntimeException());
            }
        });
    }

    /** Answers every picture with an error of its own, or no longer. */
    public void sick(boolean now) {
        sick = now;
    }

    private void infer(ModelInferRequest request, StreamObserver<ModelInferResponse> out) throws IOException {
        if (!loaded) {
            out.onError(Status.NOT_FOUND
                    .withDescription("request for unknown model: 'marks' has no available versions (unloaded)")
                    .asRuntimeException());
            return;
        }
        Map<String, InferParameter> place = request.getInputs(0).getParametersMap();
        int mark;
        if (place.containsKey("shared_memory_region")) {
            sharedRequests.incrementAndGet();
            RegionStatus region = regions.get(place.get("shared_memory_region").getStringParam());
            if (region == null) {
                out.onError(Status.INVALID_ARGUMENT
                        .withDescription("Unable to find shared memory region")
                        .asRuntimeException());
                return;
            }
            mark = memory(place, 1).get(0) & 0xff;
        } else {
            rawRequests.incrementAndGet();
            mark = request.getRawInputContents(0).byteAt(0) & 0xff;
        }
        if (sick) {
            out.onError(Status.INTERNAL.withDescription("out of some resource").asRuntimeException());
            return;
        }
        seen.computeIfAbsent(mark, _ -> new AtomicInteger()).incrementAndGet();
        if (mark == (BROKEN & 0xff)) {
            out.onError(
                    Status.INTERNAL.withDescription("this picture is broken").asRuntimeException());
            return;
        }
        respond(request, mark, out);
    }

    private void respond(ModelInferRequest request, int mark, StreamObserver<ModelInferResponse> out)
            throws IOException {
        ByteBuffer box = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : new float[] {0, 0, 1 + mark, 1, 0.9f, 0}) {
            box.putFloat(value);
        }
        box.flip();
        InferOutputTensor.Builder output = InferOutputTensor.newBuilder()
                .setName("detections")
                .setDatatype("FP32")
                .addShape(1)
                .addShape(6);
        ModelInferResponse.Builder response = ModelInferResponse.newBuilder()
                .setModelName("marks")
                .putParameters(
                        "framequota_compute_us",
                        InferParameter.newBuilder().setInt64Param(1500).build());
        Map<String, InferParameter> place = request.getOutputsCount() == 0
                ? Map.of()
                : request.getOutputs(0).getParametersMap();
        if (place.containsKey("shared_memory_region")) {
            memory(place, 24).put(box);
            // Like Triton: an empty entry without the place of the output.
            response.addRawOutputContents(ByteString.EMPTY);
        } else {
            response.addRawOutputContents(ByteString.copyFrom(box));
        }
        answer(out, response.addOutputs(output).build());
    }

    private ByteBuffer memory(Map<String, InferParameter> place, int bytes) {
        MappedByteBuffer memory = memories.get(place.get("shared_memory_region").getStringParam());
        return memory.slice(Math.toIntExact(place.get("shared_memory_offset").getInt64Param()), bytes);
    }

    /** Maps the file at registration, as real servers do: its name may be gone afterwards. */
    private static MappedByteBuffer map(String key, long bytes) {
        try (FileChannel file =
                FileChannel.open(Path.of("/dev/shm" + key), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return file.map(FileChannel.MapMode.READ_WRITE, 0, bytes);
        } catch (IOException e) {
            throw Status.INTERNAL.withDescription("unable to open " + key).asRuntimeException();
        }
    }

    @Override
    public void systemSharedMemoryStatus(
            SystemSharedMemoryStatusRequest request, StreamObserver<SystemSharedMemoryStatusResponse> out) {
        if (stalled) {
            out.onError(Status.DEADLINE_EXCEEDED.asRuntimeException());
            return;
        }
        answer(
                out,
                SystemSharedMemoryStatusResponse.newBuilder()
                        .putAllRegions(regions)
                        .build());
    }

    @Override
    public void systemSharedMemoryRegister(
            SystemSharedMemoryRegisterRequest request, StreamObserver<SystemSharedMemoryRegisterResponse> out) {
        try {
            memories.put(request.getName(), map(request.getKey(), request.getByteSize()));
        } catch (StatusRuntimeException e) {
            out.onError(e);
            return;
        }
        regions.put(
                request.getName(),
                RegionStatus.newBuilder()
                        .setName(request.getName())
                        .setKey(request.getKey())
                        .setByteSize(request.getByteSize())
                        .build());
        answer(out, SystemSharedMemoryRegisterResponse.getDefaultInstance());
    }

    @Override
    public void systemSharedMemoryUnregister(
            SystemSharedMemoryUnregisterRequest request, StreamObserver<SystemSharedMemoryUnregisterResponse> out) {
        regions.remove(request.getName());
        answer(out, SystemSharedMemoryUnregisterResponse.getDefaultInstance());
    }

    private static ModelInput input(String name, DataType type, long... dims) {
        ModelInput.Builder input = ModelInput.newBuilder().setName(name).setDataType(type);
        for (long dim : dims) {
            input.addDims(dim);
        }
        return input.build();
    }

    private static ModelParameter text(String value) {
        return ModelParameter.newBuilder().setStringValue(value).build();
    }

    private static <T> void answer(StreamObserver<T> out, T message) {
        out.onNext(message);
        out.onCompleted();
    }

    private final class Gate implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            if (token == null || token.matches(headers)) {
                return next.startCall(call, headers);
            }
            call.close(Status.UNAUTHENTICATED.withDescription("no token"), new Metadata());
            return new ServerCall.Listener<>() {};
        }
    }

    /** Reports held requests and nothing else, like a server on a machine without control groups. */
    private final class Waiting extends ComputeGrpc.ComputeImplBase {
        @Override
        public void queue(QueueRequest request, StreamObserver<Queued> out) {
            int requests = waiting.get();
            answer(
                    out,
                    Queued.newBuilder()
                            .setRequests(requests)
                            .setBytes(1000L * requests)
                            .build());
        }
    }
}
