package io.framequota.media.spherical;

/** A picture as a camera in the middle of the sphere takes it: with straight lines, upright. */
public final class View {
    private final Axes axes;
    private final double tanX;
    private final double tanY;

    /**
     * @param yaw degrees to the right of the picture's middle
     * @param pitch degrees above the horizon
     * @param horizontal field of view in degrees, below 180
     * @param vertical field of view in degrees, below 180
     */
    public View(double yaw, double pitch, double horizontal, double vertical) {
        axes = Axes.of(yaw, pitch);
        tanX = Math.tan(Math.toRadians(horizontal / 2));
        tanY = Math.tan(Math.toRadians(vertical / 2));
    }

    /** The direction in the middle of the view. */
    public Direction axis() {
        return axes.forward();
    }

    /** The direction through a point of the view, from (-1, -1) at the top left to (1, 1) at the bottom right. */
    public Direction through(double x, double y) {
        return axes.through(x * tanX, y * tanY);
    }

    /** Whether everything within an angle, in degrees, around a direction is inside the view. */
    public boolean contains(Direction middle, double radius) {
        Direction d = axes.toLocal(middle.unit());
        double least = Math.sin(Math.toRadians(radius));
        return inside(d.z(), Math.abs(d.x()), tanX, least) && inside(d.z(), Math.abs(d.y()), tanY, least);
    }

    private static boolean inside(double ahead, double aside, double tan, double least) {
        return (ahead * tan - aside) / Math.hypot(tan, 1) >= least;
    }
}
