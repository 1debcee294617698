package io.framequota.scheduler.dispatch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * How much slower a model's chunks run when more workers are busy, because workers share memory, caches and the broker.
 * A slowdown of 1 is the mean speed.
 *
 * @param points slowdowns by number of busy workers, ascending; linear between points and constant beyond them
 */
public record ContentionCurve(List<Point> points) {
    /** No slowdown is known. */
    public static final ContentionCurve NONE = new ContentionCurve(List.of());

    /** Frames needed at one number of busy workers for a reliable mean. */
    private static final double MIN_FRAMES = 150;

    public ContentionCurve {
        points = List.copyOf(points);
    }

    /** Seconds of a chunk with so many busy workers, relative to the mean over all chunks. */
    public record Point(double workers, double slowdown) {}

    /** Fits the curve. Needs at least two numbers of busy workers with enough frames; otherwise it is {@link #NONE}. */
    public static ContentionCurve of(List<ModelProfile.Contention> measured) {
        List<ModelProfile.Contention> reliable = measured.stream()
                .filter(c -> c.frames() >= MIN_FRAMES && c.coreSeconds() > 0)
                .sorted(Comparator.comparingInt(ModelProfile.Contention::workers))
                .toList();
        if (reliable.size() < 2) {
            return NONE;
        }
        double seconds = reliable.stream()
                .mapToDouble(ModelProfile.Contention::coreSeconds)
                .sum();
        double frames =
                reliable.stream().mapToDouble(ModelProfile.Contention::frames).sum();
        List<Point> points = new ArrayList<>();
        double least = 0;
        for (ModelProfile.Contention one : reliable) {
            // More busy workers cannot make a chunk faster: a decrease is noise.
            least = Math.max(least, one.coreSeconds() / one.frames() / (seconds / frames));
            points.add(new Point(one.workers(), least));
        }
        return new ContentionCurve(points);
    }

    /** The slowdown with so many busy workers. */
    public double at(double workers) {
        if (points.isEmpty()) {
            return 1;
        }
        Point before = points.getFirst();
        for (Point point : points) {
            if (workers <= point.workers()) {
                double span = point.workers() - before.workers();
                double part = span == 0 ? 1 : Math.max(0, (workers - before.workers()) / span);
                return before.slowdown() + part * (point.slowdown() - before.slowdown());
            }
            before = point;
        }
        return before.slowdown();
    }

    /** The throughput of so many workers relative to one worker. */
    public double speedup(int workers) {
        return workers * at(1) / at(workers);
    }
}
