package io.framequota.inferenceserver;

import io.framequota.inferenceserver.backend.onnx.OnnxBackend;
import io.framequota.inferenceserver.backend.opencv.Detectors;
import io.framequota.inferenceserver.execution.QueueLimit;
import io.framequota.inferenceserver.grpc.ComputeService;
import io.framequota.inferenceserver.grpc.InferenceService;
import io.framequota.inferenceserver.memory.SharedMemory;
import io.framequota.inferenceserver.repository.Loader;
import io.framequota.inferenceserver.repository.ModelRepository;
import io.framequota.scheduler.enforce.cgroup.OwnGroup;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The server, wired and listening: models, shared memory, one network thread. */
public final class EmbeddedServer implements AutoCloseable {
    private static final int MOST_MESSAGE_BYTES = 64 << 20;

    /** Raw frames are half a megabyte and more; a smaller window would stop the sender in the middle of one. */
    private static final int WINDOW_BYTES = 4 << 20;

    private final ModelRepository models;
    private final SharedMemory memory;
    private final ExecutorService background;
    private final Server server;

    private EmbeddedServer(ModelRepository models, SharedMemory memory, ExecutorService background, Server server) {
        this.models = models;
        this.memory = memory;
        this.background = background;
        this.server = server;
    }

    /**
     * Loads the models, then opens the port.
     *
     * @throws IOException when the port cannot be opened
     */
    public static EmbeddedServer start(Options options) throws IOException {
        QueueLimit queue = QueueLimit.forHeap(Runtime.getRuntime().maxMemory());
        Loader loader = new Loader(new OnnxBackend(options.eightBit()), options.cores(), queue, InstantSource.system());
        ModelRepository models = new ModelRepository(options.repository(), loader, Detectors.open());
        SharedMemory memory = new SharedMemory(Path.of("/dev/shm"));
        ExecutorService background = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("repository").factory());
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(options.host(), options.port()))
                .directExecutor()
                .maxInboundMessageSize(MOST_MESSAGE_BYTES)
                .flowControlWindow(WINDOW_BYTES)
                .permitKeepAliveWithoutCalls(true)
                .permitKeepAliveTime(1, TimeUnit.SECONDS)
                .addService(new InferenceService(models, memory, version(), background))
                .addService(new ComputeService(OwnGroup.find(), models))
                .build();
        EmbeddedServer embedded = new EmbeddedServer(models, memory, background, server);
        try {
            models.loadAll();
            server.start();
            return embedded;
        } catch (IOException | RuntimeException e) {
            embedded.close();
            throw e;
        }
    }

    private static String version() {
        @Nullable String version = EmbeddedServer.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    /** The port it listens on. */
    public int port() {
        return server.getPort();
    }

    /** Every model with its state. */
    public List<ModelRepository.Listing> index() {
        return models.index(false);
    }

    /** Waits until the server has ended. */
    public void await() throws InterruptedException {
        server.awaitTermination();
    }

    /** Refuses new calls, lets those that are going on end within some seconds, frees everything. */
    @Override
    public void close() {
        server.shutdown();
        try {
            if (!server.awaitTermination(5, TimeUnit.SECONDS)) {
                server.shutdownNow().awaitTermination(1, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
        background.shutdown();
        models.close();
        memory.close();
    }
}
