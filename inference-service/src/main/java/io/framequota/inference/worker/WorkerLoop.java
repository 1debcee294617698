package io.framequota.inference.worker;

import io.framequota.contract.control.Command;
import io.framequota.contract.control.ComputeShares;
import io.framequota.contract.control.WorkerReport;
import io.framequota.contract.control.WorkerReport.Kind;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The event loop of the worker. It alone changes the {@link WorkerState}. Any thread may hand in commands and progress; the
 * loop handles them in order.
 */
public final class WorkerLoop implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(WorkerLoop.class.getName());
    private static final Duration HEARTBEAT = Duration.ofMillis(500);

    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("worker-loop").factory());
    private final WorkerReportFactory factory;
    private final WorkerReportSender reports;
    private final ChunkRunner runner;
    private final StreamRunner streamRunner;
    private final Consumer<ComputeShares> shares;

    private volatile boolean listening;

    // The fields below belong to the loop's thread.
    private WorkerState state = WorkerTransitions.initial();
    private StreamAssignments streams = StreamAssignments.NONE;
    private final Map<GrantKey, ChunkRunner.Run> runs = new HashMap<>();
    private CompletionStage<Void> lastHeartbeat = CompletableFuture.completedFuture(null);
    private final CompletableFuture<Void> left = new CompletableFuture<>();

    public WorkerLoop(
            WorkerReportFactory factory, WorkerReportSender reports, ChunkRunner runner, StreamRunner streamRunner) {
        this(factory, reports, runner, streamRunner, _ -> {});
    }

    /** @param shares takes the leader's divisions of compute time, on the loop's thread */
    public WorkerLoop(
            WorkerReportFactory factory,
            WorkerReportSender reports,
            ChunkRunner runner,
            StreamRunner streamRunner,
            Consumer<ComputeShares> shares) {
        this.shares = shares;
        this.factory = factory;
        this.reports = reports;
        this.runner = runner;
        this.streamRunner = streamRunner;
    }

    /**
     * Starts sending heartbeats, the first one immediately. Later ones come at the same times from all workers of a process, so that
     * one request takes them to the broker.
     */
    public void start() {
        beat();
        long interval = HEARTBEAT.toNanos();
        executor.scheduleAtFixedRate(
                guarded(this::heartbeat),
                interval - Math.floorMod(System.nanoTime(), interval),
                interval,
                TimeUnit.NANOSECONDS);
    }

    /** Sends a heartbeat now, because something changed. */
    public void beat() {
        submit(this::heartbeat);
    }

    /** Records that commands reach this worker from now on. */
    public void listening() {
        submit(() -> {
            listening = true;
            heartbeat();
        });
    }

    public boolean isListening() {
        return listening;
    }

    /** Takes a command of a scheduler to any worker. */
    public void command(Command command) {
        submit(() -> {
            boolean current = command.getEpoch() >= state.epoch();
            WorkerInput.of(command, factory.worker()).ifPresent(this::step);
            if (current && command.hasComputeShares()) {
                shares.accept(command.getComputeShares());
            }
            StreamAssignments next = current ? streams.after(command, factory.worker()) : streams;
            // A worker that leaves takes no stream, but gives its own away.
            if (WorkerReportFactory.takesGrants(state)
                    || next.streams().size() < streams.streams().size()) {
                assign(next);
            }
        });
    }

    /** Takes an input. */
    public void accept(WorkerInput input) {
        submit(() -> step(input));
    }

    /**
     * Accepts no more grants, returns the waiting one, lets started ones finish and then reports that the worker leaves.
     *
     * @param patience how long started grants may take before they are cancelled
     * @return completes when the broker has the LEAVING report
     */
    public CompletableFuture<Void> leave(Duration patience) {
        accept(new WorkerInput.LeaveRequested());
        executor.schedule(
                guarded(() -> step(new WorkerInput.LeaveTimedOut())), patience.toMillis(), TimeUnit.MILLISECONDS);
        return left;
    }

    private void step(WorkerInput input) {
        WorkerTransitions.Step step = WorkerTransitions.apply(state, input);
        state = step.state();
        step.actions().forEach(this::act);
        List<GrantKey> held = state.held().stream().map(WorkerGrant::key).toList();
        runs.keySet().retainAll(held);
    }

    private void assign(StreamAssignments next) {
        if (!next.equals(streams)) {
            streams = next;
            streamRunner.assign(next);
        }
    }

    private void act(WorkerAction action) {
        switch (action) {
            case WorkerAction.Launch launch ->
                runs.put(GrantKey.of(launch.grant()), runner.launch(launch.epoch(), launch.grant(), this::accept));
            case WorkerAction.Cancel cancel -> {
                ChunkRunner.Run run = runs.remove(cancel.key());
                if (run != null) {
                    run.cancel();
                }
            }
            case WorkerAction.ReportStarted started ->
                send(factory.started(state.epoch(), started.key(), started.firstFrameAtUs()));
            case WorkerAction.ReportEnd end -> send(factory.ended(state.epoch(), end.key(), end.outcome()));
            case WorkerAction.ReportLeaving _ -> {
                // Only now, so that streams go on while the last chunks do.
                assign(StreamAssignments.NONE);
                reports.send(factory.plain(state.epoch(), Kind.LEAVING)).whenComplete((_, _) -> left.complete(null));
            }
        }
    }

    private void heartbeat() {
        // Without a broker, heartbeats would pile up although only the newest one matters.
        if (lastHeartbeat.toCompletableFuture().isDone() && !left.isDone()) {
            lastHeartbeat = send(factory.heartbeat(state, listening, this::framesDone, streamRunner.runs()));
        }
    }

    private int framesDone(GrantKey key) {
        ChunkRunner.Run run = runs.get(key);
        return run == null ? 0 : run.framesDone();
    }

    private CompletionStage<Void> send(WorkerReport report) {
        return reports.send(report).whenComplete((_, failure) -> {
            if (failure != null) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "the {0} report was not sent: {1}",
                        report.getKind(),
                        failure.getMessage());
            }
        });
    }

    private void submit(Runnable task) {
        if (!executor.isShutdown()) {
            executor.execute(guarded(task));
        }
    }

    private static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "an event of the worker's loop failed; the loop continues", e);
            }
        };
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
