package io.framequota.ingest.config;

/** Creates named, unstarted threads. */
public final class Threads {
    private Threads() {}

    /** A virtual thread, for work that waits. */
    public static Thread virtual(String name, Runnable work) {
        return Thread.ofVirtual().name(name).unstarted(work);
    }

    /** A platform daemon thread, for work that calls native code. */
    public static Thread platform(String name, Runnable work) {
        return Thread.ofPlatform().name(name).daemon().unstarted(work);
    }
}
