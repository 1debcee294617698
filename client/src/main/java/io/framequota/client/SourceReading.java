package io.framequota.client;

import io.framequota.common.failure.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How far a source that is uploaded was read: what went wrong, and whether the server may get all of it. Thread-safe. */
final class SourceReading {
    /** Reads the next bytes; below 0 at the end. */
    @FunctionalInterface
    interface Step {
        int bytes() throws IOException;
    }

    private final AtomicReference<@Nullable String> trouble = new AtomicReference<>();
    private boolean passed;
    private boolean stopped;

    /** Keeps the end from being read; returns false when it was read already. */
    synchronized boolean stop() {
        stopped = !passed;
        return stopped;
    }

    /**
     * Reads on and returns what the step returns.
     *
     * @param place in front of the reason when it fails: empty, or it ends with a colon and a space
     * @throws UncheckedIOException the step failed, or the upload was stopped
     */
    int next(Step step, Supplier<String> place) {
        try {
            return passOn(step.bytes());
        } catch (IOException e) {
            trouble.set(place.get() + Failure.words(e));
            // An end of the stream would look like the end of the source.
            throw new UncheckedIOException(e);
        }
    }

    private synchronized int passOn(int read) throws IOException {
        if (stopped) {
            throw new IOException("the upload was interrupted");
        }
        passed = read < 0;
        return read;
    }

    /**
     * Checks that the source could be read.
     *
     * @param text as the user wrote it
     * @throws Failure wrong use: it could not
     */
    void check(String text) {
        String words = trouble.get();
        if (words != null) {
            throw Failure.use("cannot read " + text + ": " + words);
        }
    }
}
