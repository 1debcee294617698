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
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An inference server that speaks KServe v2 over gRPC as Triton does: the embedded one, or a real Triton. Threads: one for
 * the network, one {@link ServerMonitor}.
 */
public final class TritonServer implements InferenceServer, ModelCatalog, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(TritonServer.class.getName());
    private static final Duration REFRESH = Duration.ofSeconds(5);
    private static final Duration ASK_AGAIN = Duration.ofMillis(20);

    /**
     * How to reach and use a server.
     *
     * @param inFlight requests at the server at once; empty for its cores and one
     * @param cores requests it runs at once; empty to ask it
     * @param sharedMemory whether to use it where possible
     * @param token what it wants to be shown: then it is this system's own, and nobody else can call it. Null for one that
     *     others may call, too
     */
    public record Options(
            String host,
            int port,
            OptionalInt inFlight,
            OptionalInt cores,
            boolean sharedMemory,
            @Nullable BearerToken token) {}

    private final Options options;
    private final Runnable whenChanged;
    private final TritonClient client;
    private final ModelDiscovery discovery;
    private final OptionalReading<CpuUse> use;
    private final OptionalReading<Queued> queued;
    private final OwnedRegions memory;
    private final SlotPool pool;
    private final ServerMonitor watch = new ServerMonitor(new Watched());
    private volatile RequestLimits limits;
    private volatile ModelDiscovery.Found found = ModelDiscovery.Found.NOTHING;
    private volatile String name = "";
    private volatile long refreshedAt = System.nanoTime();

    /**
     * Nothing is connected before {@link #start}.
     *
     * @param whenChanged called after the server came or its models changed, on the watch's thread
     */
    public TritonServer(Options options, ModelSpecFactory specs, Runnable whenChanged) {
        this.options = options;
        this.whenChanged = whenChanged;
        client = new TritonClient(options.host(), options.port(), options.token());
        discovery = new ModelDiscovery(client, specs);
        use = new OptionalReading<>(client::use);
        queued = new OptionalReading<>(client::queued);
        memory = new OwnedRegions(client, options.host(), options.sharedMemory());
        pool = new SlotPool(memory);
        limits = limits(List.of());
    }

    /** Begins to look for the server. */
    public void start() {
        watch.start();
    }

    @Override
    public Slot take(ModelSpec model, long inputBytes) throws InterruptedException {
        RequestLimits now = limits;
        now.slots.acquire();
        return new TritonSlot(this, now, model, pool.take(model, inputBytes, now.slotCount));
    }

    /** Requests sent and not answered, at most as many as may be in flight. */
    public int underWay() {
        return limits.underWay.get();
    }

    /** What waits at the server, as it told within the last seconds; null when it does not answer or never tells. */
    public @Nullable Queued queued() {
        return watch.up() ? queued.last() : null;
    }

    void send(RequestLimits now, ModelSpec model, SlotMemory slot, long[] shape, Consumer<InferenceResult> whenDone)
            throws InterruptedException {
        now.requests.acquire();
        new InferenceCall(client, now, model, slot, shape, watch::failed, whenDone).send();
    }

    void release(RequestLimits now, SlotPool.Lent lent, boolean doubtful) {
        if (doubtful) {
            pool.abandon(lent);
        } else {
            pool.put(lent);
        }
        now.slots.release();
    }

    @Override
    public Status status() {
        boolean up = watch.up();
        return new Status(
                up,
                memory.usable() ? Slot.SHARED : Slot.RAW,
                options.host() + ":" + options.port() + (name.isEmpty() ? "" : " " + name),
                limits.cores,
                up ? use.last() : null);
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
            if (watch.up()) {
                ModelSpec spec = found.usable().get(model);
                if (spec != null) {
                    return new Lookup.Found(spec);
                }
                try {
                    return lookUp(model);
                } catch (StatusRuntimeException e) {
                    LOG.log(System.Logger.Level.DEBUG, "asked for {0}: {1}", model, e.getMessage());
                }
            }
            Thread.sleep(ASK_AGAIN);
        } while (System.nanoTime() < until);
        return new Lookup.Away("the inference server " + options.host() + ":" + options.port() + " has been away for "
                + patience.toSeconds() + " s");
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

    /** What the server has now, after what it should still have was asked for again. */
    private synchronized ModelDiscovery.Found ask() {
        ModelDiscovery.Found now = discovery.ask(found);
        return loadedAgain(now) ? discovery.ask(found) : now;
    }

    /**
     * Asks our own server, once, for models that it had and has no longer though they are in its repository: none of this
     * system unloads any. What becomes of the models of a server that others use is theirs to say.
     */
    private boolean loadedAgain(ModelDiscovery.Found now) {
        if (options.token() == null) {
            return false;
        }
        List<String> lost = found.usable().keySet().stream()
                .filter(now.unusable()::containsKey)
                .toList();
        for (String model : lost) {
            try {
                client.load(model);
                LOG.log(System.Logger.Level.WARNING, "model {0} was unloaded; it is loaded again", model);
            } catch (StatusRuntimeException e) {
                if (ServerErrors.serverAway(e.getStatus())) {
                    throw e;
                }
                LOG.log(
                        System.Logger.Level.WARNING,
                        "model {0} was unloaded and cannot be loaded again: {1}",
                        model,
                        ServerErrors.text(e.getStatus()));
            }
        }
        return !lost.isEmpty();
    }

    private synchronized void refresh() {
        ModelDiscovery.Found now = ask();
        boolean changed = !now.equals(found);
        found = now;
        refreshedAt = System.nanoTime();
        if (changed) {
            whenChanged.run();
        }
    }

    private RequestLimits limits(Collection<ModelSpec> models) {
        int told = models.stream().mapToInt(ModelSpec::instances).max().orElse(0);
        int cores =
                options.cores().orElse(told > 0 ? told : Runtime.getRuntime().availableProcessors());
        return new RequestLimits(cores, options.inFlight().orElse(cores + 1));
    }

    @Override
    public void close() {
        watch.close();
        pool.close();
        client.close();
    }

    /** What the watch may do with the connection; on its thread. */
    private final class Watched implements ServerMonitor.Connection {
        private boolean before;

        @Override
        public boolean probe() {
            client.connectNow();
            return client.ready();
        }

        @Override
        public void connect() {
            ServerMetadataResponse server = client.server();
            name = server.getName() + " " + server.getVersion();
            memory.connect();
            pool.serverCame();
            use.connected();
            queued.connected();
            found = ask();
            if (!before) {
                // Once: slots that are out belong to the limits they were taken under.
                limits = limits(found.usable().values());
                before = true;
            }
        }

        @Override
        public void arrived() {
            whenChanged.run();
        }

        @Override
        public void refresh() {
            use.ask();
            queued.ask();
            pool.tryAgain();
            if (System.nanoTime() - refreshedAt > REFRESH.toNanos()) {
                TritonServer.this.refresh();
            }
        }

        @Override
        public void findLost() {
            memory.findLost();
        }

        @Override
        public boolean knows(String model) {
            TritonServer.this.refresh();
            return found.usable().containsKey(model);
        }
    }
}
