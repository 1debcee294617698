package io.framequota.ingest.source.sample;

/** A rectangle in pixels. */
record PixelBox(double x1, double y1, double x2, double y2) {
    /** The intersection with another box; it has no area when they do not overlap. */
    PixelBox within(PixelBox other) {
        double left = Math.max(x1, other.x1);
        double top = Math.max(y1, other.y1);
        return new PixelBox(left, top, Math.max(left, Math.min(x2, other.x2)), Math.max(top, Math.min(y2, other.y2)));
    }

    double area() {
        return (x2 - x1) * (y2 - y1);
    }
}
