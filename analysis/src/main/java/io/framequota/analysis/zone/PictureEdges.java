package io.framequota.analysis.zone;

import java.util.List;

/**
 * Where a picture goes on behind its edges.
 *
 * @param width of an unrolled 360° picture in pixels, else 0
 * @param faceWidth of a 360° picture of faces, else 0
 * @param faceHeight of a 360° picture of faces, else 0
 */
public record PictureEdges(int width, int faceWidth, int faceHeight) {
    /** An ordinary picture, which ends at its edges. */
    public static final PictureEdges NONE = new PictureEdges(0, 0, 0);

    /** A straight way that an object may have taken, perhaps beyond an edge. */
    record Way(Zone.Point from, Zone.Point to) {}

    /** The edges of a 360° picture, which its sides tell: 2 to 1 is unrolled, 3 to 2 and 6 to 1 are faces. */
    public static PictureEdges around(int width, int height) {
        if (width <= 0 || height <= 0) {
            return NONE;
        }
        if (width == 2 * height) {
            return new PictureEdges(width, 0, 0);
        }
        return width >= 5 * height
                ? new PictureEdges(0, width / 6, height)
                : new PictureEdges(0, width / 3, height / 2);
    }

    /** The place in the picture of a point that may be beyond its right edge. */
    Zone.Point inside(Zone.Point point) {
        return width == 0 ? point : new Zone.Point(point.x() - width * Math.floor(point.x() / width), point.y());
    }

    /** The ways between two points that are in the picture: more than one where each of two ends of it may be crossed. */
    List<Way> ways(Zone.Point from, Zone.Point to) {
        if (faceWidth > 0 && faceHeight > 0) {
            boolean same = Math.floor(from.x() / faceWidth) == Math.floor(to.x() / faceWidth)
                    && Math.floor(from.y() / faceHeight) == Math.floor(to.y() / faceHeight);
            return same ? List.of(new Way(from, to)) : List.of();
        }
        double over = width == 0 ? 0 : width * Math.rint((from.x() - to.x()) / width);
        return over == 0
                ? List.of(new Way(from, to))
                : List.of(
                        new Way(from, new Zone.Point(to.x() + over, to.y())),
                        new Way(new Zone.Point(from.x() - over, from.y()), to));
    }
}
