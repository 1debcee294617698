package io.framequota.inference.inference.triton;

import io.framequota.contract.control.CpuUse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;

/** What the kernel has counted for the server, as it said last. Asked on the watch's thread, read by any. */
final class ServerUse {
    private final TritonClient client;
    private boolean tells;
    private volatile @Nullable CpuUse last;

    ServerUse(TritonClient client) {
        this.client = client;
    }

    /** A server has come (back): it may be another one, and its counters may begin anew. */
    void connected() {
        tells = true;
        last = null;
    }

    /** Asks, unless this server does not tell. Throws when it has gone away; any other failure is only a reading less. */
    void ask() {
        if (!tells) {
            return;
        }
        try {
            last = client.use();
        } catch (StatusRuntimeException e) {
            if (Failures.serverAway(e.getStatus())) {
                throw e;
            }
            tells = e.getStatus().getCode() != Status.Code.UNIMPLEMENTED;
            last = null;
        }
    }

    @Nullable
    CpuUse last() {
        return last;
    }
}
