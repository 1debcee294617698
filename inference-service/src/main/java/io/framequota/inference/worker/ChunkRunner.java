package io.framequota.inference.worker;

import io.framequota.contract.control.Grant;
import java.util.function.Consumer;

/** Runs granted chunks one after another. The worker's loop calls it; no call blocks. */
public interface ChunkRunner {
    /**
     * Queues a chunk behind those that were launched before, at most two at a time.
     *
     * @param progress called from any thread: first frame, draining, and exactly one end
     * @return the running chunk
     */
    Run launch(long epoch, Grant grant, Consumer<WorkerInput.Progress> progress);

    /** A launched chunk. */
    interface Run {
        /** Cancels it: nothing more is published or reported. */
        void cancel();

        /** The number of frames whose result lines are ready. */
        int framesDone();
    }
}
