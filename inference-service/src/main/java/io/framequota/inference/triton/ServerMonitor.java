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
 * Watches the server on a thread of its own: it notices that the server is gone, connects when it is back, and decides what
 * happens to each failed call. A call waits for an absent server for {@link #PATIENCE}, so a restart of the server loses no
 * frame. So does a call to which the server answered an error of its own, until it is known whose fault that was: it is the picture's
 * if the server answers to another one meanwhile.
 */
final class ServerMonitor implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final System.Logger LOG = System.getLogger(ServerMonitor.class.getName());
    private static final long PROBE_EVERY_MS = 1000;
    private static final long PROBE_WHILE_AWAY_MS = 100;
    private static final long TICK_MS = 20;

    private record Failed(InferenceCall call, Status status) {}

    private record Parked(InferenceCall call, Status status, long notBefore) {}

    private final TritonServer server;
    private final BlockingQueue<Failed> failures = new LinkedBlockingQueue<>();
    private final Thread thread = Thread.ofPlatform().name("server-monitor").unstarted(this::run);
    private volatile boolean serverIsUp;
    private volatile boolean closed;
    private volatile boolean waiting;

    // The fields below belong to the monitor's thread.
    private final List<Parked> parked = new ArrayList<>();
    private boolean refusalLogged;
    private long nextProbe = System.nanoTime();

    ServerMonitor(TritonServer server) {
        this.server = server;
    }

    void start() {
        thread.start();
    }

    /** Whether the server answered the last probe and is prepared for requests. */
    boolean serverIsUp() {
        return serverIsUp;
    }

    /** Takes a failed call; never blocks. The limit on requests bounds the queue. */
    void failed(InferenceCall call, Status status) {
        failures.add(new Failed(call, status));
    }

    private void run() {
        try {
            while (!closed) {
                Failed failed = failures.poll(pauseMs(), TimeUnit.MILLISECONDS);
                try {
                    if (failed != null) {
                        handleFailure(failed.call(), failed.status());
                    }
                    if (System.nanoTime() >= nextProbe) {
                        probe();
                    }
                    resendParked();
                } catch (RuntimeException e) {
                    // Every failed call depends on this thread.
                    LOG.log(System.Logger.Level.ERROR, "watching the inference server failed and goes on", e);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private long pauseMs() {
        long untilProbe = TimeUnit.NANOSECONDS.toMillis(nextProbe - System.nanoTime()) + 1;
        return Math.max(0, parked.isEmpty() ? untilProbe : Math.min(TICK_MS, untilProbe));
    }

    private void handleFailure(InferenceCall call, Status status) {
        try {
            if (ServerErrors.serverAway(status)) {
                park(call, status);
            } else if (status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
                // A server that answered others in this time hangs at this picture only.
                call.finish(
                        server.answeredSince(call.sentAt())
                                ? new InferenceResult.Unanswered("the inference server did not answer in time")
                                : new InferenceResult.ServerGone("the inference server did not answer in time"));
            } else if (call.shared() && lostItsRegion(call)) {
                // The server restarted between two requests, or somebody unregistered the region. This is not
                // the picture's fault.
                call.send();
            } else if (status.getCode() == Status.Code.NOT_FOUND && !server.knows(call.model())) {
                call.finish(new InferenceResult.ModelGone("the inference server no longer has model " + call.model()));
            } else if (ServerErrors.serverSick(status)) {
                park(call, status);
                server.checkWith(call);
            } else {
                refuse(call, status);
            }
        } catch (StatusRuntimeException e) {
            park(call, e.getStatus());
        } catch (RuntimeException e) {
            abandon(call, e);
        }
    }

    /** Ends a call that can neither be sent nor judged, so that others get its place. */
    private static void abandon(InferenceCall call, RuntimeException cause) {
        LOG.log(System.Logger.Level.ERROR, "a request to the inference server was given up", cause);
        call.finish(new InferenceResult.ServerGone("the worker could not send the request again; its log says more"));
    }

    /** The picture was refused by a server that is well. */
    private void refuse(InferenceCall call, Status status) {
        if (call.mayRetry()) {
            call.send();
        } else {
            call.finish(new InferenceResult.Refused(ServerErrors.text(status)));
        }
    }

    private boolean lostItsRegion(InferenceCall call) {
        if (!call.lost()) {
            server.findLostRegions();
        }
        return call.lost();
    }

    /** Calls that wait for a server that is away or answers errors. */
    boolean callsWait() {
        return waiting;
    }

    private void park(InferenceCall call, Status status) {
        waiting = true;
        parked.add(new Parked(call, status, call.away(System.nanoTime())));
        nextProbe = System.nanoTime();
    }

    private void probe() {
        boolean answers = false;
        try {
            answers = server.probe();
            if (answers && serverIsUp) {
                server.refreshReadings();
            } else if (answers) {
                server.prepare();
                LOG.log(System.Logger.Level.INFO, "the inference server is ready");
            }
        } catch (StatusRuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "the inference server is away: {0}", e.getMessage());
            boolean refused = e.getStatus().getCode() == Status.Code.UNAUTHENTICATED;
            if (refused && !refusalLogged) {
                LOG.log(System.Logger.Level.WARNING, ServerErrors.text(e.getStatus()));
            }
            refusalLogged = refused;
            answers = false;
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "the inference server cannot be used; the worker tries again", e);
            answers = false;
        }
        if (serverIsUp && !answers) {
            LOG.log(System.Logger.Level.WARNING, "the inference server is away; calls wait for it");
        }
        boolean arrived = answers && !serverIsUp;
        serverIsUp = answers;
        nextProbe = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(answers ? PROBE_EVERY_MS : PROBE_WHILE_AWAY_MS);
        if (arrived) {
            server.arrived();
        }
    }

    private void resendParked() {
        long now = System.nanoTime();
        waiting = !parked.isEmpty();
        for (Iterator<Parked> i = parked.iterator(); i.hasNext(); ) {
            Parked next = i.next();
            if (now < next.notBefore()) {
                continue;
            }
            if (ServerErrors.serverSick(next.status())
                    && server.answeredSince(next.call().sentAt())) {
                // It answered to another picture meanwhile, so the error was this one's.
                i.remove();
                handle(next.call(), () -> refuse(next.call(), next.status()));
            } else if (next.call().awayFor(now) > PATIENCE.toNanos()) {
                i.remove();
                next.call().finish(new InferenceResult.ServerGone(ServerErrors.text(next.status())));
            } else if (serverIsUp) {
                i.remove();
                handle(next.call(), next.call()::send);
            }
        }
    }

    private static void handle(InferenceCall call, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            abandon(call, e);
        }
    }

    /** Stops. Calls that still wait end with {@link InferenceResult.ServerGone}. */
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
