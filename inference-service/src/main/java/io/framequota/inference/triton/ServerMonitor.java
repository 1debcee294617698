package io.framequota.inference.triton;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Watches the server on a thread of its own: notices when it goes, connects again when it is back, and decides what becomes
 * of every failed call. A server that is away is waited out for {@link #PATIENCE}, so its restart loses nothing.
 */
final class ServerMonitor implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final System.Logger LOG = System.getLogger(ServerMonitor.class.getName());
    private static final long PROBE_EVERY_MS = 1000;
    private static final long PROBE_WHILE_AWAY_MS = 100;
    private static final long TICK_MS = 20;

    /** What the watch needs of the connection. Called on the watch's thread; failures are gRPC's own. */
    interface Connection {
        boolean probe();

        /** Prepares a server that has come (back) for requests. */
        void connect();

        /** Called when the server counts as up. */
        void arrived();

        /** Called now and then while the server is up. */
        void refresh();

        /** Asks which shared memory the server still has. */
        void findLost();

        boolean knows(String model);
    }

    private record Failed(InferenceCall call, Status status) {}

    private record Parked(InferenceCall call, Status status, long notBefore) {}

    private final Connection connection;
    private final BlockingQueue<Failed> failures = new LinkedBlockingQueue<>();
    private final Thread thread = Thread.ofPlatform().name("triton-watch").unstarted(this::run);
    private volatile boolean up;
    private volatile boolean closed;

    // Below: the watch thread's own.
    private final List<Parked> parked = new ArrayList<>();
    private boolean told;
    private long nextProbe = System.nanoTime();

    ServerMonitor(Connection connection) {
        this.connection = connection;
    }

    void start() {
        thread.start();
    }

    /** Whether the server answered last and everything is registered. */
    boolean up() {
        return up;
    }

    /** Takes a call that failed; never blocks. Bounded by the requests that may be in flight. */
    void failed(InferenceCall call, Status status) {
        failures.add(new Failed(call, status));
    }

    private void run() {
        try {
            while (!closed) {
                Failed failed = failures.poll(pauseMs(), TimeUnit.MILLISECONDS);
                if (failed != null) {
                    judge(failed.call(), failed.status());
                }
                if (System.nanoTime() >= nextProbe) {
                    probe();
                }
                resendParked();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private long pauseMs() {
        long untilProbe = TimeUnit.NANOSECONDS.toMillis(nextProbe - System.nanoTime()) + 1;
        return Math.max(0, parked.isEmpty() ? untilProbe : Math.min(TICK_MS, untilProbe));
    }

    private void judge(InferenceCall call, Status status) {
        try {
            if (ServerErrors.serverAway(status)) {
                park(call, status);
            } else if (status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
                call.finish(new InferenceResult.ServerGone("the inference server did not answer in time"));
            } else if (call.shared() && lost(call)) {
                // It was started anew between two requests, or somebody unregistered our memory: not the picture's
                // fault.
                call.send();
            } else if (status.getCode() == Status.Code.NOT_FOUND && !connection.knows(call.model())) {
                call.finish(new InferenceResult.ModelGone("the inference server no longer has model " + call.model()));
            } else if (call.mayRetry()) {
                call.send();
            } else {
                call.finish(new InferenceResult.Refused(ServerErrors.text(status)));
            }
        } catch (StatusRuntimeException e) {
            park(call, e.getStatus());
        }
    }

    private boolean lost(InferenceCall call) {
        if (!call.lost()) {
            connection.findLost();
        }
        return call.lost();
    }

    private void park(InferenceCall call, Status status) {
        parked.add(new Parked(call, status, call.away(System.nanoTime())));
        nextProbe = System.nanoTime();
    }

    private void probe() {
        boolean answers = false;
        try {
            answers = connection.probe();
            if (answers && up) {
                connection.refresh();
            } else if (answers) {
                connection.connect();
                LOG.log(System.Logger.Level.INFO, "the inference server is ready");
            }
        } catch (StatusRuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "the inference server is away: {0}", e.getMessage());
            boolean refused = e.getStatus().getCode() == Status.Code.UNAUTHENTICATED;
            if (refused && !told) {
                LOG.log(System.Logger.Level.WARNING, ServerErrors.text(e.getStatus()));
            }
            told = refused;
            answers = false;
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "the inference server cannot be used", e);
            answers = false;
        }
        if (up && !answers) {
            LOG.log(System.Logger.Level.WARNING, "the inference server went away");
        }
        boolean arrived = answers && !up;
        up = answers;
        if (arrived) {
            connection.arrived();
        }
        nextProbe = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(answers ? PROBE_EVERY_MS : PROBE_WHILE_AWAY_MS);
    }

    private void resendParked() {
        long now = System.nanoTime();
        for (Iterator<Parked> i = parked.iterator(); i.hasNext(); ) {
            Parked next = i.next();
            if (next.call().awayFor(now) > PATIENCE.toNanos()) {
                i.remove();
                next.call().finish(new InferenceResult.ServerGone(ServerErrors.text(next.status())));
            } else if (up && now >= next.notBefore()) {
                i.remove();
                next.call().send();
            }
        }
    }

    /** Stops; calls that are still waiting end with the server gone. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(1000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        parked.forEach(p -> p.call().finish(new InferenceResult.ServerGone("the worker stops")));
        parked.clear();
        Failed failed;
        while ((failed = failures.poll()) != null) {
            failed.call().finish(new InferenceResult.ServerGone("the worker stops"));
        }
    }
}
