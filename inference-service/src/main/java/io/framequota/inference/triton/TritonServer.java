package io.framequota.inference.triton;

import io.framequota.common.access.BearerToken;
import io.framequota.contract.control.CpuUse;
import io.framequota.contract.control.Queued;
import io.framequota.contract.kserve.ServerMetadataResponse;
import io.framequota.inference.model.ModelCatalog;
import io.framequota.inference.model.ModelSpec;
import io.framequota.inference.model.ModelSpecFactory;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The inference server of this worker: the embedded one or a real Triton, over KServe v2 and gRPC. It uses one network thread
 * and one {@link ServerMonitor} thread. Safe for use by several threads.
 */
public final class TritonServer implements ModelCatalog, AutoCloseable {
    /** The largest number of slots out at once, whatever is configured. */
    public static final int MAX_SLOTS = 64;

    private static final System.Logger LOG = System.getLogger(TritonServer.class.getName());
    private static final Duration REFRESH = Duration.ofSeconds(5);
    private static final Duration ASK_AGAIN = Duration.ofMillis(20);
    /** The extension of a server that takes priorities for all its models. */
    private static final String PRIORITIES = "framequota_priority";
    /** Triton's name of the highest priority. */
    private static final long FIRST = 1;

    /**
     * How to reach and use the server.
     *
     * @param caller name of this worker; a server of this system tells workers that share it apart by their names
     * @param inFlight limit of requests at the server; empty for its cores plus one
     * @param cores requests that the server computes at once; empty to ask it
     * @param sharedMemory whether to use shared memory where possible
     * @param token shown with every call. A server with a token belongs to this system alone; null for a server that others may
     *     call too
     */
    public record Options(
            String host,
            int port,
            String caller,
            OptionalInt inFlight,
            OptionalInt cores,
            boolean sharedMemory,
            @Nullable BearerToken token) {}

    private final Options options;
    private final Runnable whenChanged;
    private final TritonClient client;
    private final ServerCircuit circuit;
    private final AtomicBoolean checking = new AtomicBoolean();
    /** When it last answered to a picture. */
    private volatile long answeredAt = System.nanoTime();

    private final ModelDiscovery discovery;
    private final OptionalReading<CpuUse> use;
    private final OptionalReading<Queued> queued;
    private final OptionalReading<Map<String, ComputeGate.ModelTime>> times;
    private final ComputeGate gate;
    private final ComputeUses uses = new ComputeUses();
    private final OwnedRegions memory;
    private final SlotPool pool;
    /** Pictures of streams, which travel in their requests. */
    private final SlotPool streamPool;

    private final AtomicInteger inFlight = new AtomicInteger();
    private final ServerMonitor monitor = new ServerMonitor(this);
    private volatile RequestLimits limits;
    private volatile RequestLimits streamLimits;
    private volatile boolean takesPriorities;
    private volatile ModelDiscovery.Found found = ModelDiscovery.Found.NOTHING;
    private volatile String name = "";
    private volatile long refreshedAt = System.nanoTime();
    /** Used by the monitor's thread only. */
    private boolean limitsKnown;

    /**
     * Connects only after {@link #start}.
     *
     * @param whenChanged called on the monitor's thread after the server connected or its models changed
     */
    public TritonServer(Options options, ModelSpecFactory specs, Runnable whenChanged) {
        this(options, specs, whenChanged, new ComputeGate(System::nanoTime));
    }

    /** The same with a gate that all workers of the server share. */
    public TritonServer(Options options, ModelSpecFactory specs, Runnable whenChanged, ComputeGate gate) {
        this.gate = gate;
        this.options = options;
        this.whenChanged = whenChanged;
        client = new TritonClient(options.host(), options.port(), options.caller(), options.token());
        circuit = new ServerCircuit(client);
        discovery = new ModelDiscovery(client, specs);
        use = new OptionalReading<>(client::use);
        queued = new OptionalReading<>(client::queued);
        times = new OptionalReading<>(client::times);
        memory = new OwnedRegions(client, options.host(), options.sharedMemory());
        pool = new SlotPool(memory);
        streamPool = new SlotPool(new OwnedRegions(client, options.host(), false));
        limits = limits(List.of());
        streamLimits = streamLimits(limits.cores);
    }

    /** Starts to connect. */
    public void start() {
        monitor.start();
    }

    /**
     * Takes room for one picture, waiting until a slot is free.
     *
     * @param inputBytes size of the picture
     * @throws InterruptedException when interrupted while waiting
     */
    public Slot take(ModelSpec model, long inputBytes) throws InterruptedException {
        RequestLimits now = limits;
        now.slots.acquire();
        return new Slot(this, now, model, pool, pool.take(model, inputBytes, now.slotCount), 0, false);
    }

    /**
     * The same for a picture of a stream. Streams have slots of their own, so they do not wait for those of chunks, and their requests
     * overtake those of chunks in the server's queue where the server or its model takes priorities.
     */
    public Slot takeForStream(ModelSpec model, long inputBytes) throws InterruptedException {
        RequestLimits now = streamLimits;
        now.slots.acquire();
        long priority = takesPriorities || found.prioritized().contains(model.name()) ? FIRST : 0;
        return new Slot(
                this, now, model, streamPool, streamPool.take(model, inputBytes, now.slotCount), priority, true);
    }

    /** Waits until a slot for a stream is free; for the only thread that takes them. */
    public void awaitStreamSlot() throws InterruptedException {
        RequestLimits now = streamLimits;
        now.slots.acquire();
        now.slots.release();
    }

    /** Requests of chunks and streams that were sent and are not answered. */
    public int requestsInFlight() {
        return inFlight.get();
    }

    /** Requests that wait at the server, as reported within the last seconds; null when it is away or does not report them. */
    public @Nullable Queued queued() {
        return monitor.serverIsUp() ? queued.last() : null;
    }

    /**
     * Sends a request once its job's share and the limit on requests let it.
     *
     * @param job null for a stream's, which waits for no share
     * @return false if it is not wanted any more
     */
    boolean send(
            RequestLimits now,
            ModelSpec model,
            SlotMemory slot,
            long[] shape,
            long priority,
            @Nullable String job,
            BooleanSupplier wanted,
            Consumer<InferenceResult> whenDone)
            throws InterruptedException {
        now.requests.acquire();
        ComputeGate.Pass pass = null;
        boolean sent = false;
        try {
            String work = model.name() + Arrays.toString(shape);
            pass = job == null
                    ? gate.enterOfStream(model.name(), work, uses)
                    : gate.enter(job, model.name(), work, wanted, uses);
            if (pass == null) {
                return false;
            }
            new InferenceCall(circuit, now, model, slot, shape, priority, pass, monitor::failed, result -> {
                        if (result instanceof InferenceResult.Answered) {
                            answeredAt = System.nanoTime();
                        }
                        try {
                            whenDone.accept(result);
                        } catch (RuntimeException e) {
                            // The call has ended all the same: it must not end twice.
                            LOG.log(
                                    System.Logger.Level.ERROR,
                                    "taking over a result of the inference server failed",
                                    e);
                        }
                    })
                    .send();
            sent = true;
            return true;
        } finally {
            if (!sent) {
                if (pass != null) {
                    pass.release();
                }
                now.requests.release();
            }
        }
    }

    /** Whether it has answered to a picture after this {@link System#nanoTime}. */
    boolean answeredSince(long nanos) {
        return answeredAt - nanos > 0;
    }

    /** Checks, unless a check is under way, whether it answers to a picture of nothing in the place of a call's. */
    void checkWith(InferenceCall call) {
        if (checking.compareAndSet(false, true)) {
            try {
                circuit.check(call.blank()).whenComplete((_, failure) -> {
                    if (failure == null) {
                        answeredAt = System.nanoTime();
                    }
                    checking.set(false);
                });
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.DEBUG, "the inference server could not be checked", e);
                checking.set(false);
            }
        }
    }

    void release(RequestLimits now, SlotPool from, SlotPool.Lent lent, boolean serverMayStillWrite) {
        if (serverMayStillWrite) {
            from.abandon(lent);
        } else {
            from.put(lent);
        }
        now.slots.release();
    }

    /** The last known state of the server. Never blocks. */
    public ServerStatus status() {
        boolean up = monitor.serverIsUp();
        return new ServerStatus(
                // While calls wait for a server that answers errors, chunks go to others.
                up && (circuit.isClosed() || !monitor.callsWait()),
                memory.usable() ? Slot.SHARED : Slot.RAW,
                options.host() + ":" + options.port() + (name.isEmpty() ? "" : " " + name),
                limits.cores,
                up ? use.last() : null,
                gate.divides() ? uses.all() : List.of());
    }

    @Override
    public List<ModelSpec> known() {
        return List.copyOf(found.usable().values());
    }

    @Override
    public Map<String, String> unusable() {
        return found.unusable();
    }

    @Override
    public Lookup find(String model, Duration patience) throws InterruptedException {
        long until = System.nanoTime() + patience.toNanos();
        do {
            if (monitor.serverIsUp()) {
                ModelSpec spec = found.usable().get(model);
                if (spec != null) {
                    return new Lookup.Found(spec);
                }
                try {
                    return lookUp(model);
                } catch (StatusRuntimeException e) {
                    LOG.log(System.Logger.Level.DEBUG, "looking up model {0} failed: {1}", model, e.getMessage());
                }
            }
            Thread.sleep(ASK_AGAIN);
        } while (System.nanoTime() < until);
        return new Lookup.Away("the inference server at " + options.host() + ":" + options.port()
                + " has not answered for " + patience.toSeconds() + " s");
    }

    private Lookup lookUp(String model) {
        refresh();
        ModelSpec spec = found.usable().get(model);
        if (spec != null) {
            return new Lookup.Found(spec);
        }
        String cause = found.unusable().get(model);
        return new Lookup.Unusable(
                cause == null
                        ? "the inference server has no model " + model
                        : "model " + model + " cannot be used: " + cause);
    }

    /** Lists the server's models, after loading again those that disappeared. */
    private synchronized ModelDiscovery.Found listModels() {
        ModelDiscovery.Found now = discovery.list(found);
        return reloadLost(now) ? discovery.list(found) : now;
    }

    /**
     * Asks this system's own server, once, to load models that it had before and still has in its repository: nothing in this
     * system unloads models. Models of a shared server belong to others.
     */
    private boolean reloadLost(ModelDiscovery.Found now) {
        if (options.token() == null) {
            return false;
        }
        List<String> lost = found.usable().keySet().stream()
                .filter(now.unusable()::containsKey)
                .toList();
        for (String model : lost) {
            try {
                client.load(model);
                LOG.log(
                        System.Logger.Level.WARNING,
                        "model {0} was unloaded at the server; the worker had it loaded again",
                        model);
            } catch (StatusRuntimeException e) {
                if (ServerErrors.serverAway(e.getStatus())) {
                    throw e;
                }
                LOG.log(
                        System.Logger.Level.WARNING,
                        "model {0} was unloaded at the server and cannot be loaded again: {1}",
                        model,
                        ServerErrors.text(e.getStatus()));
            }
        }
        return !lost.isEmpty();
    }

    private synchronized void refresh() {
        ModelDiscovery.Found now = listModels();
        boolean changed = !now.equals(found);
        found = now;
        refreshedAt = System.nanoTime();
        if (changed) {
            whenChanged.run();
        }
    }

    private RequestLimits limits(Collection<ModelSpec> models) {
        int instances = models.stream().mapToInt(ModelSpec::instances).max().orElse(0);
        int cores = options.cores()
                .orElse(instances > 0 ? instances : Runtime.getRuntime().availableProcessors());
        return new RequestLimits(cores, options.inFlight().orElse(cores + 1), inFlight);
    }

    /** All streams of this worker share so many requests that the server's cores are busy and one more waits. */
    private RequestLimits streamLimits(int cores) {
        return new RequestLimits(cores, cores + 1, inFlight);
    }

    @Override
    public void close() {
        monitor.close();
        pool.close();
        streamPool.close();
        client.close();
    }

    // The monitor calls the methods below on its thread. They throw gRPC's own exceptions.

    boolean probe() {
        client.connectNow();
        return client.ready();
    }

    /** Prepares for requests to a server that has just answered for the first time or again. */
    void prepare() {
        ServerMetadataResponse server = client.server();
        name = server.getName() + " " + server.getVersion();
        takesPriorities = server.getExtensionsList().contains(PRIORITIES);
        memory.connect();
        pool.serverConnected();
        use.connected();
        times.connected();
        queued.connected();
        found = listModels();
        if (!limitsKnown) {
            // Only once: slots that are out belong to the limits under which they were taken.
            limits = limits(found.usable().values());
            streamLimits = streamLimits(limits.cores);
            limitsKnown = true;
        }
        // Our own server says with each answer how long it computed.
        gate.server(limits.cores, options.token() != null);
    }

    void arrived() {
        whenChanged.run();
    }

    /** Updates what the server reports. Called at every probe while the server is up. */
    void refreshReadings() {
        use.ask();
        queued.ask();
        if (options.token() == null && gate.divides()) {
            times.ask();
            Map<String, ComputeGate.ModelTime> sums = times.last();
            if (sums != null) {
                gate.calibrate(sums);
            }
        }
        pool.retryMissingRegions();
        if (System.nanoTime() - refreshedAt > REFRESH.toNanos()) {
            refresh();
        }
    }

    void findLostRegions() {
        memory.findLost();
    }

    boolean knows(String model) {
        refresh();
        return found.usable().containsKey(model);
    }
}
