package io.framequota.inference.worker;

import io.framequota.contract.control.Grant;
import java.util.function.Consumer;

/** Runs granted chunks one after another. Calls come from the worker's loop and never block. */
public interface ChunkRunner {
    /**
     * Takes a chunk behind those it has, at most two at a time.
     *
     * @param progress told what becomes of it, from any thread: a first frame, draining, and one end
     * @return the running chunk
     */
    Run launch(long epoch, Grant grant, Consumer<WorkerInput.Progress> progress);

    /** A chunk under way. */
    interface Run {
        /** Drops it: nothing of it is published that has not been, and nothing more is told. */
        void cancel();

        /** Frames whose lines are ready. */
        int framesDone();
    }
}
