package io.framequota.inference.triton;

import io.framequota.contract.control.CpuUse;
import io.framequota.inference.model.ModelSpec;
import org.jspecify.annotations.Nullable;

/** The compute beside this worker, or one that it shares. Safe for use by several threads. */
public interface InferenceServer {
    /** Most slots that can be taken at a time, whatever is configured. */
    int MAX_SLOTS = 64;

    /**
     * Takes room for one picture, waiting until some is free.
     *
     * @param inputBytes of the picture
     * @throws InterruptedException when interrupted while waiting
     */
    Slot take(ModelSpec model, long inputBytes) throws InterruptedException;

    /** How the server is, as seen last. Never blocks. */
    Status status();

    /**
     * How the server is.
     *
     * @param ready it answers
     * @param transport {@code system-shared-memory} or {@code raw}
     * @param server host:port and its name
     * @param cores requests it runs at once
     * @param use what the kernel has counted for it, null when it does not tell
     */
    record Status(
            boolean ready,
            String transport,
            String server,
            int cores,
            @Nullable CpuUse use) {}
}
