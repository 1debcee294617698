package io.framequota.lab.experiment;

/** Serves requests without a scheduler. For one thread. Closing ends everything that the runner started. */
public interface ServingRunner extends AutoCloseable {
    /**
     * Serves the requests of an experiment once.
     *
     * @throws InvalidExperimentException if the backend cannot serve them
     * @throws InterruptedException if the thread is interrupted; nothing of the run is left
     */
    Run serve(Experiment experiment, ServingMode mode, long seed) throws InterruptedException;

    @Override
    void close();
}
