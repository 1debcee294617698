package io.framequota.inferenceserver.grpc;

import io.framequota.contract.control.ComputeGrpc.ComputeImplBase;
import io.framequota.contract.control.CpuUse;
import io.framequota.contract.control.QueueRequest;
import io.framequota.contract.control.Queued;
import io.framequota.contract.control.UseRequest;
import io.framequota.inferenceserver.repository.LoadedModel;
import io.framequota.inferenceserver.repository.ModelRepository;
import io.framequota.scheduler.cgroup.EnforcementException;
import io.framequota.scheduler.cgroup.OwnGroup;
import io.framequota.scheduler.cgroup.Quota;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells what the kernel has counted for this process's control group and how it limits it, and what waits for the models. On the network thread: it
 * reads small kernel files.
 */
public final class ComputeService extends ComputeImplBase {
    private static final double MICROS = 1e6;

    private final Optional<OwnGroup> group;
    private final ModelRepository models;

    /** Over this group, empty where there is none with counters, and these models. */
    public ComputeService(Optional<OwnGroup> group, ModelRepository models) {
        this.group = group;
        this.models = models;
    }

    @Override
    public void use(UseRequest request, StreamObserver<CpuUse> call) {
        if (group.isEmpty()) {
            call.onError(Status.UNIMPLEMENTED
                    .withDescription("the kernel shows no counters of a control group here")
                    .asRuntimeException());
            return;
        }
        CpuUse use;
        try {
            use = message(group.get().use(), group.get().quota().orElse(null));
        } catch (EnforcementException e) {
            call.onError(Status.INTERNAL.withDescription(e.getMessage()).asRuntimeException());
            return;
        }
        call.onNext(use);
        call.onCompleted();
    }

    @Override
    public void queue(QueueRequest request, StreamObserver<Queued> call) {
        int requests = 0;
        long bytes = 0;
        for (LoadedModel model : models.serving()) {
            requests += model.executor().queuedRequests();
            bytes += model.executor().queuedBytes();
        }
        call.onNext(Queued.newBuilder().setRequests(requests).setBytes(bytes).build());
        call.onCompleted();
    }

    private static CpuUse message(io.framequota.scheduler.cgroup.CpuUse use, @Nullable Quota quota) {
        return CpuUse.newBuilder()
                .setPeriods(use.periods())
                .setThrottledPeriods(use.throttledPeriods())
                .setThrottledUs(Math.round(use.throttledS() * MICROS))
                .setCpuUs(Math.round(use.cpuS() * MICROS))
                .setQuotaUs(quota == null ? 0 : quota.quotaUs())
                .setPeriodUs(quota == null ? 0 : quota.periodUs())
                .build();
    }
}
