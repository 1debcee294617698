package io.framequota.inference.triton;

import io.framequota.contract.control.CpuUse;
import org.jspecify.annotations.Nullable;

/**
 * The last known state of the inference server.
 *
 * @param ready whether it answers
 * @param transport {@link Slot#SHARED} or {@link Slot#RAW}
 * @param server host:port, and the server's name once it has answered
 * @param cores requests that it computes at once
 * @param use CPU counters of its control group, null when it reports none
 */
public record ServerStatus(
        boolean ready,
        String transport,
        String server,
        int cores,
        @Nullable CpuUse use) {}
