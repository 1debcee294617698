package io.framequota.scheduler.dispatch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * How much slower chunks of a model go the more workers of the machine compute at once: they share its memory, its caches and
 * the broker. 1 is how fast they went on average.
 *
 * @param points by number of workers, ascending; between two it is linear, beyond the ends it stays
 */
public record ContentionCurve(List<Point> points) {
    /** It makes no difference, as far as is known. */
    public static final ContentionCurve NONE = new ContentionCurve(List.of());

    /** So many frames at one number of workers tell how fast they go. */
    private static final double ENOUGH_FRAMES = 150;

    public ContentionCurve {
        points = List.copyOf(points);
    }

    /** Seconds of a chunk with so many workers at once, relative to its seconds on average. */
    public record Point(double workers, double slowdown) {}

    /** What was measured; a number of workers of which little was seen says nothing, and one alone makes no curve. */
    public static ContentionCurve of(List<ModelProfile.Crowd> crowds) {
        List<ModelProfile.Crowd> told = crowds.stream()
                .filter(c -> c.frames() >= ENOUGH_FRAMES && c.coreSeconds() > 0)
                .sorted(Comparator.comparingInt(ModelProfile.Crowd::workers))
                .toList();
        if (told.size() < 2) {
            return NONE;
        }
        double seconds =
                told.stream().mapToDouble(ModelProfile.Crowd::coreSeconds).sum();
        double frames = told.stream().mapToDouble(ModelProfile.Crowd::frames).sum();
        List<Point> points = new ArrayList<>();
        double least = 0;
        for (ModelProfile.Crowd crowd : told) {
            // More company never makes anyone faster: what looks so is noise.
            least = Math.max(least, crowd.coreSeconds() / crowd.frames() / (seconds / frames));
            points.add(new Point(crowd.workers(), least));
        }
        return new ContentionCurve(points);
    }

    /** Slowdown with so many workers at once. */
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

    /** How many times as fast as one worker so many are together. */
    public double speedup(int workers) {
        return workers * at(1) / at(workers);
    }
}
