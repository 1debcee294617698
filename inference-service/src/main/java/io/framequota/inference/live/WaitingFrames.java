package io.framequota.inference.live;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The decoded frames of a worker's streams that wait for inference. Streams take turns. A stream's oldest frames are dropped when it has
 * too many of them, and when they have waited too long while newer ones are there. Safe for use by several threads.
 */
final class WaitingFrames {
    /** A burst of pictures may be so long: after a delay on the network, or what came while a stream got its worker. */
    static final int MOST_FRAMES = 32;

    static final long MOST_BYTES = 8 << 20;
    /** Of all streams together; a stream always has room for one frame. */
    private static final long MOST_BYTES_TOGETHER = 32 << 20;

    private final class Line {
        final ArrayDeque<StreamFrame> frames = new ArrayDeque<>();
        long bytes;

        StreamFrame removeFirst() {
            StreamFrame first = frames.removeFirst();
            count(-first.frame().pixels().length);
            return first;
        }

        void count(long more) {
            bytes += more;
            budget.add(more);
        }
    }

    private final ByteBudget budget = new ByteBudget(MOST_BYTES_TOGETHER);

    /** The stream whose turn is next comes first. */
    private final Map<StreamRun, Line> lines = new LinkedHashMap<>();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition added = lock.newCondition();
    private final long mostWaitNanos;

    /** @param mostWait how long a frame waits while newer ones of its stream are there */
    WaitingFrames(Duration mostWait) {
        mostWaitNanos = mostWait.toNanos();
    }

    /** Adds a frame, which may drop older ones of its stream. */
    void add(StreamFrame frame) {
        List<StreamFrame> dropped = new ArrayList<>();
        lock.lock();
        try {
            Line line = lines.computeIfAbsent(frame.run(), _ -> new Line());
            int size = frame.frame().pixels().length;
            while (!line.frames.isEmpty()
                    && (line.frames.size() >= MOST_FRAMES
                            || line.bytes + size > MOST_BYTES
                            || budget.exceededBy(size))) {
                dropped.add(line.removeFirst());
            }
            line.frames.add(frame);
            line.count(size);
            added.signal();
        } finally {
            lock.unlock();
        }
        dropped.forEach(old -> old.run().dropped(old));
    }

    /** Removes the next frame to infer; waits while there is none. */
    StreamFrame take() throws InterruptedException {
        List<StreamFrame> dropped = new ArrayList<>();
        StreamFrame next;
        lock.lockInterruptibly();
        try {
            while ((next = next(System.nanoTime(), dropped)) == null) {
                added.await();
            }
        } finally {
            lock.unlock();
        }
        dropped.forEach(old -> old.run().dropped(old));
        return next;
    }

    private @Nullable StreamFrame next(long now, List<StreamFrame> dropped) {
        for (Map.Entry<StreamRun, Line> entry : lines.entrySet()) {
            Line line = entry.getValue();
            while (line.frames.size() > 1 && now - line.frames.getFirst().sinceNanos() > mostWaitNanos) {
                dropped.add(line.removeFirst());
            }
            if (!line.frames.isEmpty()) {
                StreamFrame next = line.removeFirst();
                // To the end of the order.
                lines.remove(entry.getKey());
                lines.put(entry.getKey(), line);
                return next;
            }
        }
        return null;
    }

    /** Forgets a stream that has ended, with its frames. */
    void remove(StreamRun run) {
        lock.lock();
        try {
            Line line = lines.remove(run);
            if (line != null) {
                line.count(-line.bytes);
            }
        } finally {
            lock.unlock();
        }
    }
}
