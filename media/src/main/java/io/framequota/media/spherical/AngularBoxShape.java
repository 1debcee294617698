package io.framequota.media.spherical;

import io.framequota.contract.result.AngularBox;
import java.util.ArrayList;
import java.util.List;

/**
 * The part of the sphere that a box in degrees covers: what a camera sees that looks at its middle, is not tilted sideways, and has
 * the box's width and height as field of view. An object is taken for the ellipse in its box, so that its size depends little on the
 * view in which it was found.
 */
public final class AngularBoxShape {
    private static final int OUTLINE = 64;
    private static final double MOST = Math.toRadians(89);

    private final AngularBox box;
    private final Axes axes;
    private final double tanX;
    private final double tanY;

    public AngularBoxShape(AngularBox box) {
        this.box = box;
        axes = Axes.of(box.yaw(), box.pitch());
        tanX = Math.tan(Math.min(MOST, Math.toRadians(box.width() / 2)));
        tanY = Math.tan(Math.min(MOST, Math.toRadians(box.height() / 2)));
    }

    /**
     * The shape of an object in a view. Coordinates go from (-1, -1) at the view's top left to (1, 1) at its bottom right.
     */
    public static AngularBoxShape inView(View view, double x1, double y1, double x2, double y2) {
        double x = (x1 + x2) / 2;
        double y = (y1 + y2) / 2;
        List<Direction> outline = new ArrayList<>();
        for (int i = 0; i < OUTLINE; i++) {
            double t = 2 * Math.PI * i / OUTLINE;
            outline.add(view.through(x + (x2 - x1) / 2 * Math.cos(t), y + (y2 - y1) / 2 * Math.sin(t)));
        }
        return around(view.through(x, y), outline);
    }

    /** The box around an outline; its middle moves to where the outline reaches equally far to both sides. */
    private static AngularBoxShape around(Direction start, List<Direction> outline) {
        Direction middle = start;
        double width = 0;
        double height = 0;
        for (int i = 0; i < 4; i++) {
            Axes axes = Axes.of(middle.yaw(), middle.pitch());
            double left = Math.PI;
            double right = -Math.PI;
            double top = Math.PI;
            double bottom = -Math.PI;
            for (Direction point : outline) {
                Direction d = axes.toLocal(point);
                double u = Math.clamp(Math.atan2(d.x(), d.z()), -MOST, MOST);
                double v = Math.clamp(Math.atan2(d.y(), d.z()), -MOST, MOST);
                left = Math.min(left, u);
                right = Math.max(right, u);
                top = Math.min(top, v);
                bottom = Math.max(bottom, v);
            }
            width = right - left;
            height = bottom - top;
            middle = axes.through(Math.tan((left + right) / 2), Math.tan((top + bottom) / 2));
        }
        return new AngularBoxShape(
                new AngularBox(middle.yaw(), middle.pitch(), Math.toDegrees(width), Math.toDegrees(height)));
    }

    public AngularBox box() {
        return box;
    }

    /** The direction of the box's middle, of length 1. */
    public Direction middle() {
        return axes.forward();
    }

    /** Directions around the object. */
    List<Direction> outline() {
        List<Direction> outline = new ArrayList<>();
        for (int i = 0; i < OUTLINE; i++) {
            double t = 2 * Math.PI * i / OUTLINE;
            outline.add(axes.through(tanX * Math.cos(t), tanY * Math.sin(t)));
        }
        return outline;
    }

    /** Whether a direction is within the object. */
    boolean contains(Direction direction) {
        Direction d = axes.toLocal(direction);
        return d.z() > 0 && Math.hypot(d.x() / d.z() / tanX, d.y() / d.z() / tanY) <= 1;
    }

    /** Intersection over union of two boxes on the sphere. */
    public double iou(AngularBoxShape other) {
        double both = intersection(other);
        return both == 0 ? 0 : both / (area() + other.area() - both);
    }

    /** The part of this box that lies in another one, 0 to 1. */
    public double partIn(AngularBoxShape other) {
        return intersection(other) / Math.max(1e-12, area());
    }

    private double area() {
        return area(corners());
    }

    private double intersection(AngularBoxShape other) {
        double reach = Math.atan(Math.hypot(tanX, tanY)) + Math.atan(Math.hypot(other.tanX, other.tanY));
        if (middle().dot(other.middle()) < Math.cos(Math.min(Math.PI, reach))) {
            return 0;
        }
        List<Direction> polygon = corners();
        List<Direction> corners = other.corners();
        for (int i = 0; i < corners.size() && !polygon.isEmpty(); i++) {
            // Inside is on this side of the plane through an edge and the sphere's middle.
            polygon = clip(polygon, corners.get(i).cross(corners.get((i + 1) % corners.size())));
        }
        return polygon.size() < 3 ? 0 : area(polygon);
    }

    /** The corners, clockwise as seen from the middle of the sphere, from the top left. */
    private List<Direction> corners() {
        return List.of(
                axes.through(-tanX, -tanY).unit(),
                axes.through(tanX, -tanY).unit(),
                axes.through(tanX, tanY).unit(),
                axes.through(-tanX, tanY).unit());
    }

    private static List<Direction> clip(List<Direction> polygon, Direction plane) {
        List<Direction> kept = new ArrayList<>();
        for (int i = 0; i < polygon.size(); i++) {
            Direction from = polygon.get(i);
            Direction to = polygon.get((i + 1) % polygon.size());
            double a = from.dot(plane);
            double b = to.dot(plane);
            if (a >= 0) {
                kept.add(from);
            }
            if (a >= 0 != b >= 0) {
                double t = a / (a - b);
                kept.add(new Direction(
                                from.x() + t * (to.x() - from.x()),
                                from.y() + t * (to.y() - from.y()),
                                from.z() + t * (to.z() - from.z()))
                        .unit());
            }
        }
        return kept;
    }

    /** The area of a convex polygon on the sphere of radius 1: its triangles by Van Oosterom and Strackee's formula of the solid angle. */
    private static double area(List<Direction> polygon) {
        double sum = 0;
        Direction a = polygon.getFirst();
        for (int i = 1; i + 1 < polygon.size(); i++) {
            Direction b = polygon.get(i);
            Direction c = polygon.get(i + 1);
            double volume = Math.abs(a.dot(b.cross(c)));
            sum += 2 * Math.atan2(volume, 1 + a.dot(b) + b.dot(c) + c.dot(a));
        }
        return sum;
    }
}
