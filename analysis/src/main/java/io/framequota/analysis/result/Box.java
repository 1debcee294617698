package io.framequota.analysis.result;

/**
 * An axis-aligned rectangle in pixels of the source frame.
 *
 * @param x1 left
 * @param y1 top
 * @param x2 right, at least {@code x1}
 * @param y2 bottom, at least {@code y1}
 */
public record Box(double x1, double y1, double x2, double y2) {
    public double width() {
        return Math.max(0, x2 - x1);
    }

    public double height() {
        return Math.max(0, y2 - y1);
    }

    public double area() {
        return width() * height();
    }

    /** Intersection over union, 0 to 1; 0 if both are empty. */
    public double iou(Box other) {
        double shared = intersection(other);
        double union = area() + other.area() - shared;
        return union > 0 ? shared / union : 0;
    }

    /** The same rectangle elsewhere. */
    public Box movedRight(double distance) {
        return new Box(x1 + distance, y1, x2 + distance, y2);
    }

    /** Area that both cover. */
    public double intersection(Box other) {
        double width = Math.min(x2, other.x2) - Math.max(x1, other.x1);
        double height = Math.min(y2, other.y2) - Math.max(y1, other.y1);
        return width > 0 && height > 0 ? width * height : 0;
    }
}
