package io.framequota.ingest.store;

/** The files of jobs' results. */
public interface ResultFiles {
    /**
     * Removes everything kept of a job's result.
     *
     * @throws java.io.UncheckedIOException when something stays
     */
    void discard(String job);
}
