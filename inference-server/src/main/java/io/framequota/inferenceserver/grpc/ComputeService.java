package io.framequota.inferenceserver.grpc;

import io.framequota.common.cgroup.CpuQuota;
import io.framequota.common.cgroup.CpuUsage;
import io.framequota.common.cgroup.OwnCgroup;
import io.framequota.contract.control.ComputeGrpc.ComputeImplBase;
import io.framequota.contract.control.CpuUse;
import io.framequota.contract.control.QueueRequest;
import io.framequota.contract.control.Queued;
import io.framequota.contract.control.UseRequest;
import io.framequota.inferenceserver.repository.LoadedModel;
import io.framequota.inferenceserver.repository.ModelRepository;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reports this process's CPU counters and CPU limit, and the requests that wait for models. Runs on the network thread: it reads
 * only small kernel files.
 */
public final class ComputeService extends ComputeImplBase {
    private static final double MICROS = 1e6;

    private final Optional<OwnCgroup> group;
    private final ModelRepository models;

    /** @param group this process's control group, empty where the kernel shows no CPU counters */
    public ComputeService(Optional<OwnCgroup> group, ModelRepository models) {
        this.group = group;
        this.models = models;
    }

    @Override
    public void use(UseRequest request, StreamObserver<CpuUse> call) {
        if (group.isEmpty()) {
            call.onError(Status.UNIMPLEMENTED
                    .withDescription("the kernel shows no CPU counters for this process's control group")
                    .asRuntimeException());
            return;
        }
        CpuUse use;
        try {
            use = message(group.get().usage(), group.get().quota().orElse(null));
        } catch (UncheckedIOException e) {
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

    private static CpuUse message(CpuUsage usage, @Nullable CpuQuota quota) {
        return CpuUse.newBuilder()
                .setPeriods(usage.periods())
                .setThrottledPeriods(usage.throttledPeriods())
                .setThrottledUs(Math.round(usage.throttledS() * MICROS))
                .setCpuUs(Math.round(usage.cpuS() * MICROS))
                .setQuotaUs(quota == null ? 0 : quota.quotaUs())
                .setPeriodUs(quota == null ? 0 : quota.periodUs())
                .build();
    }
}
