package io.framequota.media.spherical;

import io.framequota.contract.frame.Projection;
import java.util.List;

/**
 * One face of a cube and its place in a picture. On the face, (-1, -1) is the top left and (1, 1) the bottom right as a camera at the
 * cube's middle sees it.
 *
 * @param column place in the picture's grid of faces
 * @param row place in the picture's grid of faces
 * @param quarters anticlockwise quarter turns of the face in the picture
 */
record CubeFace(Axes axes, int column, int row, int quarters) {
    private static final List<CubeFace> CUBEMAP = List.of(
            face(90, 0, 0, 0, 0),
            face(-90, 0, 1, 0, 0),
            face(0, 90, 2, 0, 0),
            face(0, -90, 0, 1, 0),
            face(0, 0, 1, 1, 0),
            face(180, 0, 2, 1, 0));

    private static final List<CubeFace> CUBEMAP_6X1 = List.of(
            face(90, 0, 0, 0, 0),
            face(-90, 0, 1, 0, 0),
            face(0, 90, 2, 0, 0),
            face(0, -90, 3, 0, 0),
            face(0, 0, 4, 0, 0),
            face(180, 0, 5, 0, 0));

    private static final List<CubeFace> EAC = List.of(
            face(90, 0, 2, 0, 0),
            face(-90, 0, 0, 0, 0),
            face(0, 90, 2, 1, 1),
            face(0, -90, 0, 1, 1),
            face(0, 0, 1, 0, 0),
            face(180, 0, 1, 1, 3));

    private static CubeFace face(double yaw, double pitch, int column, int row, int quarters) {
        return new CubeFace(Axes.of(yaw, pitch), column, row, quarters);
    }

    /** The faces in the order right, left, up, down, front, back. */
    static List<CubeFace> of(Projection projection) {
        return switch (projection) {
            case CUBEMAP -> CUBEMAP;
            case CUBEMAP6X1 -> CUBEMAP_6X1;
            case EAC -> EAC;
            case FLAT, EQUIRECT -> throw new IllegalArgumentException(projection + " has no faces");
        };
    }

    /** Index of the face that a direction meets. */
    static int indexOf(double x, double y, double z) {
        double ax = Math.abs(x);
        double ay = Math.abs(y);
        double az = Math.abs(z);
        if (ax > ay && ax > az) {
            return x > 0 ? 0 : 1;
        }
        if (ay > az) {
            return y < 0 ? 2 : 3;
        }
        return z > 0 ? 4 : 5;
    }

    /** The first coordinate, in the picture, of a point of the face. */
    double across(double u, double v) {
        return switch (quarters) {
            case 1 -> v;
            case 3 -> -v;
            default -> u;
        };
    }

    /** The second coordinate, in the picture, of a point of the face. */
    double along(double u, double v) {
        return switch (quarters) {
            case 1 -> -u;
            case 3 -> u;
            default -> v;
        };
    }

    /** The direction through a point whose coordinates are those in the picture. */
    Direction through(double across, double along) {
        return switch (quarters) {
            case 1 -> axes.through(-along, across);
            case 3 -> axes.through(along, -across);
            default -> axes.through(across, along);
        };
    }
}
