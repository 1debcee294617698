package io.framequota.lab.experiment;

/** Receives the progress of an experiment on the thread that runs it. */
public interface ProgressListener {
    /** A run begins, described in words. */
    void begins(String words);

    /** A run has ended; the result holds this run alone and no yardstick. */
    default void ended(ContenderResult one) {}
}
