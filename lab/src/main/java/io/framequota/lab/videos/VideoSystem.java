package io.framequota.lab.videos;

/** A running system that accepts jobs. Closing it ends its processes and removes its data. */
public interface VideoSystem extends AutoCloseable {
    /** Starts systems. */
    @FunctionalInterface
    interface Starter {
        /** Starts a system and waits until it is ready. If this fails, nothing of the system is left. */
        VideoSystem start(SystemSettings settings) throws InterruptedException;
    }

    /**
     * CPU seconds since the system started.
     *
     * @param modelS of the inference servers
     * @param allS of all processes
     */
    record Used(double modelS, double allS) {
        Used since(Used before) {
            return new Used(modelS - before.modelS, allS - before.allS);
        }
    }

    /** The base URL of the system's public API. */
    String url();

    /** CPU time that the processes have used so far. */
    Used used();

    /** Number of process restarts so far. */
    int restarts();

    /** Keeps the logs when the system is closed, and tells the user where they are. */
    void keepLogs();

    @Override
    void close();
}
