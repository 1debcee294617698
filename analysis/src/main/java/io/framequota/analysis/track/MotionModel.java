package io.framequota.analysis.track;

import io.framequota.analysis.result.Box;

/**
 * Where a box is and will be: centre, aspect ratio and height, each with constant velocity. The deviations are those of
 * ByteTrack: a 20th of the height for positions, a 160th of it a frame for velocities. For one thread.
 */
final class MotionModel {
    private static final double POSITION = 1.0 / 20;
    private static final double VELOCITY = 1.0 / 160;
    private static final double ASPECT = 1e-2;
    private static final double ASPECT_VELOCITY = 1e-5;
    private static final double ASPECT_MEASURED = 1e-1;

    private final CoordinateFilter x;
    private final CoordinateFilter y;
    private final CoordinateFilter aspect;
    private final CoordinateFilter height;

    MotionModel(Box box) {
        double h = Math.max(1, box.height());
        x = new CoordinateFilter((box.x1() + box.x2()) / 2, 2 * POSITION * h, 10 * VELOCITY * h);
        y = new CoordinateFilter((box.y1() + box.y2()) / 2, 2 * POSITION * h, 10 * VELOCITY * h);
        aspect = new CoordinateFilter(box.width() / h, ASPECT, ASPECT_VELOCITY);
        height = new CoordinateFilter(h, 2 * POSITION * h, 10 * VELOCITY * h);
    }

    /**
     * Moves on by some frames.
     *
     * @param seen whether the object was found in the latest frame; the height of one that was not stays as it is
     */
    void predict(double frames, boolean seen) {
        double h = Math.max(1, height.position());
        if (!seen) {
            height.stop();
        }
        x.predict(frames, POSITION * h, VELOCITY * h);
        y.predict(frames, POSITION * h, VELOCITY * h);
        aspect.predict(frames, ASPECT, ASPECT_VELOCITY);
        height.predict(frames, POSITION * h, VELOCITY * h);
    }

    void update(Box box) {
        double h = Math.max(1, box.height());
        double deviation = POSITION * Math.max(1, height.position());
        x.update((box.x1() + box.x2()) / 2, deviation);
        y.update((box.y1() + box.y2()) / 2, deviation);
        aspect.update(box.width() / h, ASPECT_MEASURED);
        height.update(h, deviation);
    }

    /** Where it is now. */
    Box box() {
        double h = Math.max(1, height.position());
        double w = Math.max(0, aspect.position() * h);
        return new Box(x.position() - w / 2, y.position() - h / 2, x.position() + w / 2, y.position() + h / 2);
    }
}
