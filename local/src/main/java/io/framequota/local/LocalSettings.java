package io.framequota.local;

import io.framequota.scheduler.quota.Actuator;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a local system.
 *
 * @param workers number of workers
 * @param cores of this machine, shared among the workers
 * @param budget millicores, null for 1000 per core
 * @param policy to start with, null for the stored one
 * @param models folder of the model repository, null for the built-in models only
 * @param triton {@code host:port} of an inference server that replaces the embedded ones, null for those
 * @param port of the REST and gRPC API, 0 for a free one
 * @param lasting whether the data must survive a power failure; false for a private run
 * @param actuator how shares of the budget are enforced
 * @param jpegQuality of frames sent to workers, 0 for raw frames, null for what the environment says
 * @param rtmpPort to which streams are pushed, 0 for none
 * @param gpuBudget millicores of compute time, 1000 for each device; null for all of it
 */
public record LocalSettings(
        int workers,
        int cores,
        @Nullable Integer budget,
        @Nullable String policy,
        @Nullable Path models,
        @Nullable String triton,
        int port,
        boolean lasting,
        Actuator actuator,
        @Nullable Integer jpegQuality,
        int rtmpPort,
        @Nullable Integer gpuBudget) {

    /** These settings without a port that takes streams. */
    public LocalSettings(
            int workers,
            int cores,
            @Nullable Integer budget,
            @Nullable String policy,
            @Nullable Path models,
            @Nullable String triton,
            int port,
            boolean lasting,
            Actuator actuator,
            @Nullable Integer jpegQuality) {
        this(workers, cores, budget, policy, models, triton, port, lasting, actuator, jpegQuality, 0, null);
    }

    /** The same with a port of 127.0.0.1 to which streams are pushed over RTMP; 0 for none. */
    public LocalSettings withRtmpPort(int rtmp) {
        return new LocalSettings(
                workers, cores, budget, policy, models, triton, port, lasting, actuator, jpegQuality, rtmp, gpuBudget);
    }

    /** The same with a budget of compute time, null for all of it. */
    public LocalSettings withGpuBudget(@Nullable Integer millicores) {
        return new LocalSettings(
                workers,
                cores,
                budget,
                policy,
                models,
                triton,
                port,
                lasting,
                actuator,
                jpegQuality,
                rtmpPort,
                millicores);
    }

    /** Defaults for a system whose data is not kept. */
    static LocalSettings temporary(int workers) {
        int cores = Runtime.getRuntime().availableProcessors();
        return new LocalSettings(workers, cores, null, null, null, null, 0, false, Actuator.DISPATCH, null);
    }

    /** The budget that the scheduler is given, in millicores. */
    int budgetMilli() {
        return budget != null ? budget : 1000 * cores;
    }

    /** What other commands may know of a system with these settings. */
    RunningSystem.Settings shown() throws IOException {
        return new RunningSystem.Settings(
                workers,
                budgetMilli(),
                actuator.label(),
                models == null ? null : models.toRealPath().toString(),
                triton,
                jpegQuality,
                gpuBudget);
    }

    /**
     * Number of embedded inference servers: one for all workers, but one for each of them where the kernel limits each to its
     * share, and none with {@code triton}.
     */
    int servers() {
        return triton != null ? 0 : actuator.limitsWorkers() ? workers : 1;
    }

    /** Requests that an inference server computes at once for each worker. */
    int coresPerWorker() {
        return Math.max(1, (cores + workers - 1) / workers);
    }
}
