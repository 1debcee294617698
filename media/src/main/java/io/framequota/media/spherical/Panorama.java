package io.framequota.media.spherical;

import io.framequota.contract.frame.Projection;
import java.util.List;

/**
 * Where directions lie in a 360° picture of a size. Positions are in pixels; the middle of the first pixel is (0.5, 0.5). Immutable.
 */
public final class Panorama {
    /** Pixels around the rows of an equi-angular cubemap that repeat what is next to them on the sphere. */
    public static final int EAC_PADDING = 2;

    private final Projection projection;
    private final int width;
    private final int height;
    private final List<CubeFace> faces;
    private final double padding;
    private final double faceWidth;
    private final double faceHeight;
    private final double rowHeight;

    /**
     * @param projection not flat
     * @param width of the whole picture
     * @param height of the whole picture
     */
    public Panorama(Projection projection, int width, int height) {
        this.projection = projection;
        this.width = width;
        this.height = height;
        boolean cube = projection != Projection.EQUIRECT;
        faces = cube ? CubeFace.of(projection) : List.of();
        padding = projection == Projection.EAC ? EAC_PADDING : 0;
        int columns = projection == Projection.CUBEMAP6X1 ? 6 : cube ? 3 : 1;
        int rows = columns == 3 ? 2 : 1;
        faceWidth = (width - 2 * padding) / columns;
        rowHeight = (double) height / rows;
        faceHeight = rowHeight - 2 * padding;
    }

    /** Why pictures of this size do not have this projection, one line with what to do; empty when they may have it. */
    public static String problem(Projection projection, int width, int height) {
        double sides = height == 0 ? 0 : (double) width / height;
        return switch (projection) {
            case FLAT -> "";
            case EQUIRECT ->
                problem("an equirectangular picture is twice as wide as high", sides, 1.5, 2.7, width, height);
            case CUBEMAP, EAC -> problem("this cubemap has three faces by two", sides, 1.2, 2.1, width, height);
            case CUBEMAP6X1 -> problem("this cubemap has six faces in a row", sides, 4.5, 8, width, height);
        };
    }

    private static String problem(String form, double sides, double least, double most, int width, int height) {
        return sides >= least && sides <= most
                ? ""
                : form + ", and this picture is " + width + " x " + height
                        + "; give another --projection, flat for an ordinary picture";
    }

    public Projection projection() {
        return projection;
    }

    public int width() {
        return width;
    }

    public int height() {
        return height;
    }

    /** Pixels per radian where the picture is least stretched. */
    public double density() {
        return switch (projection) {
            case EQUIRECT -> Math.max(width / (2 * Math.PI), height / Math.PI);
            case EAC -> Math.max(faceWidth, faceHeight) / (Math.PI / 2);
            case CUBEMAP, CUBEMAP6X1, FLAT -> Math.max(faceWidth, faceHeight) / 2;
        };
    }

    /** The side in pixels of a square view that is as fine in its middle as the picture. */
    public int viewSide(double fov) {
        return Math.max(1, (int) Math.round(2 * Math.tan(Math.toRadians(fov / 2)) * density()));
    }

    /**
     * Finds a direction.
     *
     * @param at its position: x, y
     * @return index of its {@link #region}
     */
    int locate(double x, double y, double z, double[] at) {
        if (projection == Projection.EQUIRECT) {
            at[0] = (Angles.atan2(x, z) / Math.PI + 1) * width / 2;
            at[1] = (Angles.atan2(y, Math.sqrt(x * x + z * z)) / Math.PI + 0.5) * height;
            return 0;
        }
        int index = CubeFace.indexOf(x, y, z);
        CubeFace face = faces.get(index);
        double ahead = dot(face.axes().forward(), x, y, z);
        double u = dot(face.axes().right(), x, y, z) / ahead;
        double v = dot(face.axes().down(), x, y, z) / ahead;
        onFace(face, u, v, at);
        return index;
    }

    private static double dot(Direction d, double x, double y, double z) {
        return d.x() * x + d.y() * y + d.z() * z;
    }

    private void onFace(CubeFace face, double u, double v, double[] at) {
        at[0] = padding + (face.column() + (warped(face.across(u, v)) + 1) / 2) * faceWidth;
        at[1] = face.row() * rowHeight + padding + (warped(face.along(u, v)) + 1) / 2 * faceHeight;
    }

    private double warped(double t) {
        return projection == Projection.EAC ? Angles.atan(t) / (Math.PI / 4) : t;
    }

    /** The direction that a position shows; in padding, that of the nearest position outside of it. */
    public Direction direction(double x, double y) {
        if (projection == Projection.EQUIRECT) {
            return Direction.of((x / width - 0.5) * 360, (0.5 - y / height) * 180);
        }
        double column = (x - padding) / faceWidth;
        double row = y / rowHeight;
        int columns = projection == Projection.CUBEMAP6X1 ? 6 : 3;
        int c = (int) Math.clamp(Math.floor(column), 0, columns - 1);
        int r = columns == 6 ? 0 : (int) Math.clamp(Math.floor(row), 0, 1);
        double across = Math.clamp((column - c) * 2 - 1, -1, 1);
        double along = Math.clamp((y - r * rowHeight - padding) / faceHeight * 2 - 1, -1, 1);
        for (CubeFace face : faces) {
            if (face.column() == c && face.row() == r) {
                return face.through(unwarped(across), unwarped(along));
            }
        }
        throw new IllegalStateException("no face at column " + c + ", row " + r);
    }

    private double unwarped(double t) {
        return projection == Projection.EAC ? Math.tan(t * Math.PI / 4) : t;
    }

    /**
     * Left, top, right and bottom of the part of the picture in which neighbouring pixels are neighbours on the sphere too. Only in an
     * equirectangular one the left and the right are neighbours as well.
     */
    double[] region(int index) {
        if (projection == Projection.EQUIRECT) {
            return new double[] {0, 0, width, height};
        }
        CubeFace face = faces.get(index);
        double top = face.row() * rowHeight;
        // The rows of an equi-angular cubemap are continuous.
        return projection == Projection.EAC
                ? new double[] {0, top, width, top + rowHeight}
                : new double[] {face.column() * faceWidth, top, (face.column() + 1) * faceWidth, top + rowHeight};
    }

    int regions() {
        return Math.max(1, faces.size());
    }

    /**
     * The box in pixels that holds an object: left, top, right, bottom. In an equirectangular picture the right of an object across
     * the left and right edges is beyond the width. In a cubemap it is the part of the object on the face of its middle.
     */
    public float[] box(AngularBoxShape shape) {
        return projection == Projection.EQUIRECT ? equirectBox(shape) : faceBox(shape);
    }

    private float[] equirectBox(AngularBoxShape shape) {
        double[] at = new double[2];
        Direction middle = shape.middle();
        locate(middle.x(), middle.y(), middle.z(), at);
        Bounds bounds = new Bounds();
        double centre = at[0];
        for (Direction d : shape.outline()) {
            locate(d.x(), d.y(), d.z(), at);
            bounds.add(centre + Math.IEEEremainder(at[0] - centre, width), at[1]);
        }
        if (shape.contains(new Direction(0, -1, 0))) {
            bounds.add(0, 0);
            bounds.add(width, 0);
        }
        if (shape.contains(new Direction(0, 1, 0))) {
            bounds.add(0, height);
            bounds.add(width, height);
        }
        if (bounds.right - bounds.left >= width) {
            return new float[] {0, (float) bounds.top, width, (float) bounds.bottom};
        }
        double shift = Math.floor(bounds.left / width) * width;
        return new float[] {
            (float) (bounds.left - shift), (float) bounds.top, (float) (bounds.right - shift), (float) bounds.bottom
        };
    }

    private float[] faceBox(AngularBoxShape shape) {
        Direction middle = shape.middle();
        CubeFace face = faces.get(CubeFace.indexOf(middle.x(), middle.y(), middle.z()));
        double[] at = new double[2];
        Bounds bounds = new Bounds();
        for (Direction d : shape.outline()) {
            Direction local = face.axes().toLocal(d);
            if (local.z() > 0) {
                onFace(face, Math.clamp(local.x() / local.z(), -1, 1), Math.clamp(local.y() / local.z(), -1, 1), at);
                bounds.add(at[0], at[1]);
            }
        }
        return new float[] {(float) bounds.left, (float) bounds.top, (float) bounds.right, (float) bounds.bottom};
    }

    private static final class Bounds {
        private double left = Double.MAX_VALUE;
        private double top = Double.MAX_VALUE;
        private double right = -Double.MAX_VALUE;
        private double bottom = -Double.MAX_VALUE;

        void add(double x, double y) {
            left = Math.min(left, x);
            top = Math.min(top, y);
            right = Math.max(right, x);
            bottom = Math.max(bottom, y);
        }
    }
}
