package io.framequota.inferenceserver;

import io.framequota.common.access.BearerToken;
import io.framequota.common.access.CallerName;
import io.framequota.common.cgroup.OwnCgroup;
import io.framequota.inferenceserver.backend.onnx.OnnxBackend;
import io.framequota.inferenceserver.backend.opencv.BuiltInDetectors;
import io.framequota.inferenceserver.execution.QueueLimit;
import io.framequota.inferenceserver.grpc.ComputeService;
import io.framequota.inferenceserver.grpc.DeflateDecompressor;
import io.framequota.inferenceserver.grpc.Http2FrameSplitter;
import io.framequota.inferenceserver.grpc.InferenceService;
import io.framequota.inferenceserver.grpc.MessageBudget;
import io.framequota.inferenceserver.grpc.TokenInterceptor;
import io.framequota.inferenceserver.memory.RegisteredRegions;
import io.framequota.inferenceserver.repository.ModelLoader;
import io.framequota.inferenceserver.repository.ModelRepository;
import io.grpc.DecompressorRegistry;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The running server: its models, the shared memory of its clients and two network threads. */
public final class EmbeddedServer implements AutoCloseable {
    /** Long enough for the largest message on a slow network. */
    private static final Duration SLOWEST_MESSAGE = Duration.ofMinutes(1);

    /** Raw frames have half a megabyte and more. A smaller window would stop the sender in the middle of a frame. */
    private static final int WINDOW_BYTES = 4 << 20;

    /**
     * This logger writes a stack trace for every message that is refused while it is read, so any client could fill the log.
     */
    private static final Logger REFUSED_MESSAGES = Logger.getLogger("io.grpc.netty.NettyServerStream");

    private final ModelRepository models;
    private final RegisteredRegions memory;
    private final ExecutorService background;
    private final ScheduledExecutorService clock;
    private final EventLoopGroup network;
    private final Server server;

    private EmbeddedServer(
            ModelRepository models,
            RegisteredRegions memory,
            ExecutorService background,
            ScheduledExecutorService clock,
            EventLoopGroup network,
            Server server) {
        this.models = models;
        this.memory = memory;
        this.background = background;
        this.clock = clock;
        this.network = network;
        this.server = server;
    }

    /**
     * Loads the models and then opens the port.
     *
     * @param token that every call must show; null to serve every caller
     * @throws IOException when the port cannot be opened
     */
    public static EmbeddedServer start(ServerOptions options, @Nullable BearerToken token) throws IOException {
        REFUSED_MESSAGES.setLevel(Level.OFF);
        QueueLimit queue = QueueLimit.forHeap(Runtime.getRuntime().maxMemory());
        ModelLoader loader =
                new ModelLoader(new OnnxBackend(options.eightBit()), options.cores(), queue, InstantSource.system());
        ModelRepository models = new ModelRepository(options.repository(), loader, BuiltInDetectors.open());
        RegisteredRegions memory = new RegisteredRegions(Path.of("/dev/shm"));
        ExecutorService background = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("repository").factory());
        EventLoopGroup network = new NioEventLoopGroup(2);
        MessageBudget budget = MessageBudget.forHeap(Runtime.getRuntime().maxMemory());
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("slow messages").factory());
        clock.scheduleWithFixedDelay(() -> budget.dropSlowerThan(SLOWEST_MESSAGE), 5, 5, TimeUnit.SECONDS);
        NettyServerBuilder builder = NettyServerBuilder.forAddress(
                        new InetSocketAddress(options.host(), options.port()))
                .bossEventLoopGroup(network)
                .workerEventLoopGroup(network)
                .channelFactory(Http2FrameSplitter.Listener::new)
                .directExecutor()
                .maxInboundMessageSize(budget.mostBytes())
                .addStreamTracerFactory(budget)
                .intercept(budget)
                .decompressorRegistry(DecompressorRegistry.getDefaultInstance().with(new DeflateDecompressor(), true))
                .flowControlWindow(WINDOW_BYTES)
                .permitKeepAliveWithoutCalls(true)
                .permitKeepAliveTime(1, TimeUnit.SECONDS)
                .addService(new InferenceService(models, memory, version(), background).within(budget))
                .addService(new ComputeService(OwnCgroup.find(), models));
        if (token != null) {
            builder.intercept(CallerName.received());
            // gRPC calls the interceptor first that was added last.
            builder.intercept(new TokenInterceptor(token));
        }
        Server server = builder.build();
        EmbeddedServer embedded = new EmbeddedServer(models, memory, background, clock, network, server);
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

    /** All models with their states. */
    public List<ModelRepository.Listing> index() {
        return models.index(false);
    }

    /** Waits until the server has stopped. */
    public void await() throws InterruptedException {
        server.awaitTermination();
    }

    /** Refuses new calls, gives running calls some seconds to end, and releases everything. */
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
        clock.shutdown();
        network.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        models.close();
        memory.close();
    }
}
