package io.framequota.ingest.live.rtmp;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One publisher's stream: what it sends goes to the job that listens, and to those who watch. Safe for use by many threads. */
final class Publication {
    private final @Nullable PushedVideo job;
    private final Runnable disconnect;
    private final Configurations configurations = new Configurations();
    private final List<PushedVideo> viewers = new ArrayList<>();
    private boolean over;

    /**
     * @param job makes what gets the stream, of what to run when its reader closes it; null when the stream is only watched
     * @param disconnect ends the publisher's connection
     */
    Publication(@Nullable Function<Runnable, PushedVideo> job, Runnable disconnect) {
        this.disconnect = disconnect;
        this.job = job == null ? null : job.apply(() -> disconnect("the job no longer reads"));
    }

    /** What the job reads. */
    PushedVideo job() {
        return Objects.requireNonNull(job);
    }

    /** Hands on what the publisher sent; never waits. */
    synchronized void add(VideoTag tag) {
        configurations.add(tag);
        if (job != null) {
            job.add(tag);
        }
        viewers.forEach(v -> v.add(tag));
    }

    /** Notes that the publisher sends sound. */
    void sound() {
        if (job != null) {
            job.sound();
        }
    }

    /** Adds someone who watches, from the next key picture on. */
    synchronized PushedVideo watch(Supplier<PushedVideo> maker) {
        PushedVideo viewer = maker.get();
        configurations.all().forEach(viewer::add);
        if (over) {
            viewer.end();
        } else {
            viewers.add(viewer);
        }
        return viewer;
    }

    synchronized void leave(PushedVideo viewer) {
        viewers.remove(viewer);
    }

    /** The publisher said that its stream ends. */
    synchronized void end() {
        over = true;
        if (job != null) {
            job.end();
        }
        viewers.forEach(PushedVideo::end);
    }

    /**
     * The publisher is gone.
     *
     * @param why one line for people
     */
    synchronized void fail(String why) {
        over = true;
        if (job != null) {
            job.fail(why);
        }
        viewers.forEach(PushedVideo::end);
    }

    /** Ends the stream and the publisher's connection. */
    void disconnect(String why) {
        fail(why);
        disconnect.run();
    }

    synchronized boolean isOver() {
        return over;
    }
}
