package io.framequota.cli.experiment.videos;

/** A system that jobs are submitted to. Closing it ends and removes everything that it consists of. */
interface VideoSystem extends AutoCloseable {
    /** Makes systems; each is started and ready when it is handed over. */
    @FunctionalInterface
    interface Starter {
        /** Starts one; nothing of it is left when this throws. */
        VideoSystem start(SystemSettings terms) throws InterruptedException;
    }

    /**
     * CPU seconds since its start.
     *
     * @param modelS of the inference servers
     * @param allS of every process
     */
    record Used(double modelS, double allS) {
        Used since(Used before) {
            return new Used(modelS - before.modelS, allS - before.allS);
        }
    }

    /** Address of its public door. */
    String url();

    /** What its processes have used. */
    Used used();

    /** How often a process of it ended and was started again. */
    int restarts();

    /** Keeps its logs beyond its end and says where. */
    void keepLogs();

    @Override
    void close();
}
