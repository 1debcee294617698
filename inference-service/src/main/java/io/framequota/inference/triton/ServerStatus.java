package io.framequota.inference.triton;

import io.framequota.contract.control.ComputeUse;
import io.framequota.contract.control.CpuUse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The last known state of the inference server.
 *
 * @param ready whether it answers
 * @param transport {@link Slot#SHARED} or {@link Slot#RAW}
 * @param server host:port, and the server's name once it has answered
 * @param cores requests that it computes at once
 * @param use CPU counters of its control group, null when it reports none
 * @param computeUse compute time of this worker's latest jobs; empty while compute time is not divided
 */
public record ServerStatus(
        boolean ready,
        String transport,
        String server,
        int cores,
        @Nullable CpuUse use,
        List<ComputeUse> computeUse) {
    /** The state while compute time is not divided. */
    public ServerStatus(boolean ready, String transport, String server, int cores, @Nullable CpuUse use) {
        this(ready, transport, server, cores, use, List.of());
    }
}
