package io.framequota.inference.live;

import io.framequota.contract.control.LiveAnnotated;
import io.framequota.contract.result.Detection;
import io.framequota.media.decode.ColorInfo;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Draws and encodes the annotated streams of a worker, on one thread. A picture waits for the boxes of its frame, or of the last frame
 * before it that is inferred, but only for some time, and not at all when pictures take much room; then it shows the boxes
 * that are known. Pictures for which there is no room are left out, those of the same stream that wait first. Safe for use by several threads.
 */
final class StreamAnnotator implements AutoCloseable {
    /** Of all pictures together; a larger one has room when it is alone. */
    static final long MOST_BYTES = 48 << 20;

    /** Boxes of so many frames are kept for pictures to come. */
    private static final int MOST_RESULTS = 256;

    private static final Duration LOOK_AGAIN = Duration.ofMillis(40);
    private static final System.Logger LOG = System.getLogger(StreamAnnotator.class.getName());

    /**
     * A decoded picture.
     *
     * @param boxesOf number of the frame whose boxes it shows
     * @param bgr as displayed, without padding; drawn on
     * @param sinceNanos when it was decoded
     */
    record Shot(
            StreamDecoder.Picture picture,
            long boxesOf,
            byte[] bgr,
            int width,
            int height,
            ColorInfo color,
            long sinceNanos) {}

    private final class Line {
        final AnnotatedEncoder encoder;
        final ArrayDeque<Shot> shots = new ArrayDeque<>();
        /** By frame; null for a frame without a result. */
        final TreeMap<Long, @Nullable List<Detection>> results = new TreeMap<>();

        List<Detection> boxes = List.of();
        long boxesOf = -1;

        Line(AnnotatedEncoder encoder) {
            this.encoder = encoder;
        }

        boolean isReady(Shot shot, long now, boolean tight) {
            return tight
                    || boxesOf >= shot.boxesOf()
                    || results.containsKey(shot.boxesOf())
                    || now - shot.sinceNanos() > mostWaitNanos;
        }

        /** The boxes for a picture: those of the last frame up to its own that has some. */
        List<Detection> boxes(Shot shot) {
            Map<Long, @Nullable List<Detection>> known =
                    results.headMap(shot.picture().number(), true);
            known.forEach(this::know);
            known.clear();
            return boxes;
        }

        void add(long frame, @Nullable List<Detection> found) {
            results.put(frame, found);
            while (results.size() > MOST_RESULTS) {
                long oldest = results.firstKey();
                know(oldest, results.remove(oldest));
            }
        }

        private void know(long frame, @Nullable List<Detection> found) {
            boxesOf = Math.max(boxesOf, frame);
            boxes = found == null ? boxes : found;
        }
    }

    private record Ready(Line line, Shot shot, List<Detection> boxes) {}

    private final ByteBudget budget = new ByteBudget(MOST_BYTES);
    private final Map<StreamRun, Line> lines = new LinkedHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Thread thread = Thread.ofPlatform().name("live-annotate").unstarted(this::run);
    private final LaneCounters counters;
    private final long mostWaitNanos;

    /** @param mostWait how long a picture waits for the boxes of its frame */
    StreamAnnotator(LaneCounters counters, Duration mostWait) {
        this.counters = counters;
        mostWaitNanos = mostWait.toNanos();
    }

    void start() {
        thread.start();
    }

    /**
     * Begins an annotated stream.
     *
     * @param out takes its packets; must not wait
     */
    void begin(StreamRun run, BiFunction<StreamDecoder.Picture, LiveAnnotated.Builder, CompletionStage<Void>> out) {
        lock.lock();
        try {
            lines.put(run, new Line(new AnnotatedEncoder(run, out, System::nanoTime)));
        } finally {
            lock.unlock();
        }
    }

    /**
     * Adds a picture of a stream that has begun, or leaves it out.
     *
     * @param bytes of the picture
     * @param shot makes the picture, on this thread, when there is room for it
     */
    void add(StreamRun run, long bytes, Supplier<Shot> shot) {
        if (!makeRoom(run, bytes)) {
            return;
        }
        boolean added = false;
        try {
            added = add(run, shot.get());
        } finally {
            if (!added) {
                budget.add(-bytes);
            }
        }
    }

    private boolean makeRoom(StreamRun run, long bytes) {
        lock.lock();
        try {
            Line line = lines.get(run);
            if (line == null) {
                return false;
            }
            while (!line.shots.isEmpty() && budget.exceededBy(bytes)) {
                budget.add(-line.shots.removeFirst().bgr().length);
                counters.notAnnotated.increment();
            }
            if (budget.exceededBy(bytes) && !budget.isEmpty()) {
                counters.notAnnotated.increment();
                return false;
            }
            budget.add(bytes);
            return true;
        } finally {
            lock.unlock();
        }
    }

    private boolean add(StreamRun run, Shot shot) {
        lock.lock();
        try {
            Line line = lines.get(run);
            if (line != null) {
                line.shots.add(shot);
                changed.signal();
            }
            return line != null;
        } finally {
            lock.unlock();
        }
    }

    /** The result of a frame; null when it has none. */
    void result(StreamRun run, long frame, @Nullable List<Detection> found) {
        lock.lock();
        try {
            Line line = lines.get(run);
            if (line != null) {
                line.add(frame, found);
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends an annotated stream. */
    void end(StreamRun run) {
        lock.lock();
        try {
            Line line = lines.remove(run);
            if (line != null) {
                line.shots.forEach(shot -> budget.add(-shot.bgr().length));
                line.encoder.end();
            }
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            while (!Thread.interrupted()) {
                try {
                    Ready next = next();
                    if (!next.line().encoder.encode(next.shot(), next.boxes())) {
                        counters.notAnnotated.increment();
                    }
                } catch (RuntimeException | Error e) {
                    counters.notAnnotated.increment();
                    LOG.log(System.Logger.Level.ERROR, "a picture of an annotated stream was not encoded", e);
                    Thread.sleep(LOOK_AGAIN);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lines.values().forEach(line -> line.encoder.end());
        }
    }

    private Ready next() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                long now = System.nanoTime();
                for (Map.Entry<StreamRun, Line> entry : lines.entrySet()) {
                    Line line = entry.getValue();
                    Shot first = line.shots.peekFirst();
                    if (first != null && line.isReady(first, now, budget.isTight())) {
                        line.shots.removeFirst();
                        budget.add(-first.bgr().length);
                        // To the end, so that streams take turns.
                        lines.remove(entry.getKey());
                        lines.put(entry.getKey(), line);
                        return new Ready(line, first, line.boxes(first));
                    }
                }
                if (lines.values().stream().allMatch(line -> line.shots.isEmpty())) {
                    changed.await();
                } else {
                    boolean _ = changed.await(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(1000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
