package io.framequota.ingest.live;

/** The results of live jobs on their way from workers to the {@link LiveCollector}. */
public interface LiveResults {
    /** Starts to read them. To be called when the open jobs are known to the collector: results of others are left out. */
    void start();
}
