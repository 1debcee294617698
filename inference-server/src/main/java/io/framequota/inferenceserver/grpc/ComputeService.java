package io.framequota.inferenceserver.grpc;

import io.framequota.contract.control.ComputeGrpc.ComputeImplBase;
import io.framequota.contract.control.CpuUse;
import io.framequota.contract.control.UseRequest;
import io.framequota.scheduler.enforce.EnforcementException;
import io.framequota.scheduler.enforce.cgroup.OwnGroup;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.Optional;

/** Tells what the kernel has counted for this process's control group. On the network thread: it reads small kernel files. */
public final class ComputeService extends ComputeImplBase {
    private static final double MICROS = 1e6;

    private final Optional<OwnGroup> group;

    /** Over this group; empty where there is none with counters. */
    public ComputeService(Optional<OwnGroup> group) {
        this.group = group;
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
            use = message(group.get().use());
        } catch (EnforcementException e) {
            call.onError(Status.INTERNAL.withDescription(e.getMessage()).asRuntimeException());
            return;
        }
        call.onNext(use);
        call.onCompleted();
    }

    private static CpuUse message(io.framequota.scheduler.enforce.CpuUse use) {
        return CpuUse.newBuilder()
                .setPeriods(use.periods())
                .setThrottledPeriods(use.throttledPeriods())
                .setThrottledUs(Math.round(use.throttledS() * MICROS))
                .setCpuUs(Math.round(use.cpuS() * MICROS))
                .build();
    }
}
