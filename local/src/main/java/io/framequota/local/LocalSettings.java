package io.framequota.local;

import io.framequota.scheduler.quota.Actuator;
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
        @Nullable Integer jpegQuality) {

    /** Defaults for a system whose data is not kept. */
    static LocalSettings temporary(int workers) {
        int cores = Runtime.getRuntime().availableProcessors();
        return new LocalSettings(workers, cores, null, null, null, null, 0, false, Actuator.DISPATCH, null);
    }

    /** Cores that each worker's inference server may use. */
    int coresPerWorker() {
        return Math.max(1, (cores + workers - 1) / workers);
    }
}
