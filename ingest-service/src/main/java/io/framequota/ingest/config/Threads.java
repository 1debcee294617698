package io.framequota.ingest.config;

/** Named threads. */
public final class Threads {
    private Threads() {}

    /** For work that waits: not started. */
    public static Thread virtual(String name, Runnable work) {
        return Thread.ofVirtual().name(name).unstarted(work);
    }

    /** For work that calls native code: not started, and no reason for the process to live on. */
    public static Thread platform(String name, Runnable work) {
        return Thread.ofPlatform().name(name).daemon().unstarted(work);
    }
}
