package io.framequota.lab.experiment;

/** Is told how far an experiment is, from the thread that runs it. */
public interface ProgressListener {
    /** A run begins; its words are for people. */
    void begins(String words);

    /** A run has ended: its contender with no other run and no yardstick. */
    default void ended(ContenderResult one) {}
}
