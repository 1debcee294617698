package io.framequota.media.spherical;

/**
 * The axes of a camera that stands in the middle of the sphere and is not tilted sideways, as directions of length 1. Looking straight
 * up, its picture shows at the bottom what lies ahead of its yaw; looking straight down, at the top.
 */
record Axes(Direction right, Direction down, Direction forward) {
    static Axes of(double yaw, double pitch) {
        double a = Math.toRadians(yaw);
        Direction right = new Direction(Math.cos(a), 0, -Math.sin(a));
        Direction forward = Direction.of(yaw, pitch);
        return new Axes(right, forward.cross(right), forward);
    }

    /** The same direction in coordinates of these axes. */
    Direction toLocal(Direction d) {
        return new Direction(d.dot(right), d.dot(down), d.dot(forward));
    }

    /** The direction through a point of the plane at distance 1 ahead. */
    Direction through(double u, double v) {
        return forward.plus(u, right).plus(v, down);
    }
}
