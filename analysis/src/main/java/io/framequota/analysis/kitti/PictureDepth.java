package io.framequota.analysis.kitti;

import io.framequota.analysis.result.Box;
import java.util.Arrays;
import java.util.OptionalDouble;

/** Laser points in one picture, with their distances from the camera. Immutable. */
final class PictureDepth {
    /** Part of a box's width and height that is looked at, around its middle: its edges show the background and the ground. */
    private static final double INNER_WIDTH = 0.5;

    private static final double INNER_HEIGHT = 0.6;

    /** Part of the points that the nearest group must have to be the object: less is something thin in front of it. */
    private static final double LEAST_PART = 0.25;

    private static final int LEAST_POINTS = 3;
    private static final double LEAST_GAP = 0.5;
    private static final double RELATIVE_GAP = 0.03;

    private final float[] u;
    private final float[] v;
    private final float[] distance;

    private PictureDepth(float[] u, float[] v, float[] distance) {
        this.u = u;
        this.v = v;
        this.distance = distance;
    }

    /**
     * Distance of what a box shows, in metres. The points in the inner half of the box's width and the inner 60 % of its height are
     * sorted by distance and split into groups wherever two neighbours are more than 0.5 m, or 3 % of the distance, apart. The
     * distance is the median of the nearest group that has at least a quarter of these points.
     *
     * @return empty with fewer than three points
     */
    OptionalDouble distance(Box box) {
        double[] inside = distances(box);
        int begin = 0;
        for (int i = 1; i <= inside.length; i++) {
            boolean ends =
                    i == inside.length || inside[i] - inside[i - 1] > Math.max(LEAST_GAP, RELATIVE_GAP * inside[i - 1]);
            if (ends) {
                if (i - begin >= Math.max(LEAST_POINTS, LEAST_PART * inside.length)) {
                    int middle = (begin + i) / 2;
                    return OptionalDouble.of(
                            (i - begin) % 2 == 1 ? inside[middle] : (inside[middle - 1] + inside[middle]) / 2);
                }
                begin = i;
            }
        }
        return OptionalDouble.empty();
    }

    /** Of the points in the inner part of a box, in rising order. */
    private double[] distances(Box box) {
        double halfWidth = box.width() * INNER_WIDTH / 2;
        double halfHeight = box.height() * INNER_HEIGHT / 2;
        double x = (box.x1() + box.x2()) / 2;
        double y = (box.y1() + box.y2()) / 2;
        double[] inside = new double[distance.length];
        int count = 0;
        for (int i = 0; i < distance.length; i++) {
            if (Math.abs(u[i] - x) <= halfWidth && Math.abs(v[i] - y) <= halfHeight) {
                inside[count++] = distance[i];
            }
        }
        double[] sorted = Arrays.copyOf(inside, count);
        Arrays.sort(sorted);
        return sorted;
    }

    /** Collects points. */
    static final class Builder {
        private final float[] u;
        private final float[] v;
        private final float[] distance;
        private int count;

        Builder(int most) {
            u = new float[most];
            v = new float[most];
            distance = new float[most];
        }

        void add(Calibration.Seen point) {
            u[count] = (float) point.u();
            v[count] = (float) point.v();
            distance[count++] = (float) point.distance();
        }

        PictureDepth build() {
            return new PictureDepth(Arrays.copyOf(u, count), Arrays.copyOf(v, count), Arrays.copyOf(distance, count));
        }
    }
}
