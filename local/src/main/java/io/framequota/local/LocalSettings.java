package io.framequota.local;

import io.framequota.scheduler.quota.Actuator;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What the user wants of the local system.
 *
 * @param workers how many
 * @param cores of this machine, shared among the workers
 * @param budget millicores, null for the scheduler's own default
 * @param policy to start with, null for the kept one
 * @param models model repository, null for none
 * @param triton {@code host:port} of an inference server to use in place of the embedded ones, null for those
 * @param port of the public door, 0 for a free one
 * @param lasting whether the data must survive a power failure: false for a private run
 * @param actuator how shares of the budget become true
 * @param jpegQuality of JPEG, by which frames travel; 0 for raw frames, null for what the environment says
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

    /** The same under dispatch, with frames as the environment says. */
    LocalSettings(
            int workers,
            int cores,
            @Nullable Integer budget,
            @Nullable String policy,
            @Nullable Path models,
            @Nullable String triton,
            int port,
            boolean lasting) {
        this(workers, cores, budget, policy, models, triton, port, lasting, Actuator.DISPATCH, null);
    }

    /** Cores that each worker's inference server may use. */
    int coresPerWorker() {
        return Math.max(1, (cores + workers - 1) / workers);
    }
}
