package io.framequota.ingest.live;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The lines of a live result on their way to one client. Lines that the client does not take in time are left out, oldest first, and
 * counted. Thread-safe: one thread offers, another takes.
 */
public final class LiveFeed implements AutoCloseable {
    private static final int MOST_LINES = 1000;
    private static final int MOST_BYTES = 1 << 20;

    /**
     * A line.
     *
     * @param frame highest frame number that the line, and all before it, have accounted for
     * @param text JSON without the line's end
     * @param missed lines that were left out in front of this one
     */
    public record Line(long frame, String text, long missed) {
        private int bytes() {
            return text.length();
        }

        /** The text as UTF-8. */
        public byte[] utf8() {
            return text.getBytes(StandardCharsets.UTF_8);
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Line> lines = new ArrayDeque<>();
    private final Runnable onClose;
    private long bytes;
    private long missed;
    private boolean ended;

    LiveFeed(Runnable onClose) {
        this.onClose = onClose;
    }

    /** Adds a line. Never waits. */
    void offer(long frame, String text) {
        lock.lock();
        try {
            while (!lines.isEmpty() && (lines.size() >= MOST_LINES || bytes + text.length() > MOST_BYTES)) {
                Line oldest = lines.remove();
                bytes -= oldest.bytes();
                missed += 1 + oldest.missed();
                if (!lines.isEmpty()) {
                    Line first = lines.remove();
                    lines.addFirst(new Line(first.frame(), first.text(), first.missed() + missed));
                    missed = 0;
                }
            }
            lines.add(new Line(frame, text, missed));
            missed = 0;
            bytes += text.length();
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** No line follows. */
    void end() {
        lock.lock();
        try {
            ended = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Takes all waiting lines; waits for the first one. An empty list means that none came in time, or none will. */
    public List<Line> take(Duration wait) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = wait.toNanos();
            while (lines.isEmpty() && !ended && left > 0) {
                left = changed.awaitNanos(left);
            }
            List<Line> all = new ArrayList<>(lines);
            lines.clear();
            bytes = 0;
            return all;
        } finally {
            lock.unlock();
        }
    }

    /** Whether all lines were taken and no further one comes. */
    public boolean ended() {
        lock.lock();
        try {
            return ended && lines.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        onClose.run();
    }
}
