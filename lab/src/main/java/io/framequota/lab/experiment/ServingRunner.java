package io.framequota.lab.experiment;

/** A place where requests are served without a scheduler. For one thread; closing ends everything it started. */
public interface ServingRunner extends AutoCloseable {
    /**
     * Serves an experiment's requests once.
     *
     * @throws InvalidExperimentException when this home cannot do so
     * @throws InterruptedException when the caller was interrupted; nothing of the run is left then
     */
    Run serve(Experiment experiment, ServingMode mode, long seed) throws InterruptedException;

    @Override
    void close();
}
