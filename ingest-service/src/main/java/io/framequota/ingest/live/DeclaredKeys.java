package io.framequota.ingest.live;

/** Stream keys whose jobs are made when somebody publishes under them. Safe for use by many threads. */
public interface DeclaredKeys {
    /**
     * Makes the job of a key, if the key is declared and no open job has it. Blocks for the database.
     *
     * @return whether a job will reserve the key in a moment
     */
    boolean open(String key);
}
