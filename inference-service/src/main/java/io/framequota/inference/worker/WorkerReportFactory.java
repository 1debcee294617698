package io.framequota.inference.worker;

import io.framequota.contract.control.CpuUse;
import io.framequota.contract.control.LiveRun;
import io.framequota.contract.control.WorkerReport;
import io.framequota.contract.control.WorkerReport.Kind;
import io.framequota.inference.model.ModelCards;
import io.framequota.inference.model.ModelCatalog;
import io.framequota.inference.triton.ServerStatus;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/** Builds the reports of a worker. Stateless. */
public final class WorkerReportFactory {
    private final String worker;
    private final String instance;
    private final String process;
    private final Supplier<ServerStatus> server;
    private final ModelCatalog models;

    /**
     * @param worker the stable name of the worker
     * @param instance a new value at each start
     * @param process the same for all workers of this process, a new value at each start
     */
    public WorkerReportFactory(
            String worker, String instance, String process, Supplier<ServerStatus> server, ModelCatalog models) {
        this.worker = worker;
        this.instance = instance;
        this.process = process;
        this.server = server;
        this.models = models;
    }

    String worker() {
        return worker;
    }

    WorkerReport heartbeat(
            WorkerState state, boolean listening, ToIntFunction<GrantKey> framesDone, List<LiveRun> streams) {
        ServerStatus status = server.get();
        boolean ready = status.ready() && listening && takesGrants(state);
        WorkerReport.Builder report = report(state.epoch(), Kind.HEARTBEAT)
                .setReady(ready)
                .setProcess(process)
                .setTransport(status.transport())
                .setServer(status.server())
                .setCores(status.cores())
                .addAllLive(streams)
                .addAllComputeUse(status.computeUse());
        CpuUse use = status.use();
        if (use != null) {
            report.setCompute(use);
        }
        if (ready) {
            models.known().forEach(m -> report.addModels(ModelCards.of(m)));
            models.unusable()
                    .forEach((name, reason) ->
                            report.addUnusableBuilder().setName(name).setReason(reason));
        }
        List<WorkerGrant> held = state.held();
        if (!held.isEmpty()) {
            report.setRunning(held.getFirst().key().toRef())
                    .setRunningFrames(framesDone.applyAsInt(held.getFirst().key()));
        }
        if (held.size() > 1) {
            report.setWaiting(held.getLast().key().toRef());
        }
        return report.build();
    }

    static boolean takesGrants(WorkerState state) {
        return !(state instanceof WorkerState.Leaving || state instanceof WorkerState.Left);
    }

    WorkerReport started(long epoch, GrantKey key, long firstFrameAtUs) {
        return report(epoch, Kind.STARTED)
                .setGrant(key.toRef())
                .setFirstFrameAtUs(firstFrameAtUs)
                .build();
    }

    WorkerReport ended(long epoch, GrantKey key, GrantOutcome outcome) {
        WorkerReport.Builder report = report(epoch, Kind.KIND_UNSPECIFIED).setGrant(key.toRef());
        return switch (outcome) {
            case GrantOutcome.Finished finished ->
                report.setKind(Kind.FINISHED).setFrames(finished.frames()).build();
            case GrantOutcome.Failed failed ->
                report.setKind(Kind.FAILED)
                        .setCause(failed.cause())
                        .setPermanent(failed.permanent())
                        .build();
            case GrantOutcome.Revoked _ -> report.setKind(Kind.REVOKED).build();
            case GrantOutcome.Dropped _ -> throw new IllegalArgumentException("a dropped grant is not reported");
        };
    }

    WorkerReport plain(long epoch, Kind kind) {
        return report(epoch, kind).build();
    }

    private WorkerReport.Builder report(long epoch, Kind kind) {
        return WorkerReport.newBuilder()
                .setWorker(worker)
                .setInstance(instance)
                .setEpoch(epoch)
                .setKind(kind);
    }
}
