package io.framequota.media.convert;

import io.framequota.contract.frame.Projection;
import io.framequota.media.encode.ffmpeg.Mp4Encoder;
import io.framequota.media.spherical.Panorama;
import io.framequota.media.spherical.Remapping;
import io.framequota.media.spherical.Rotation;
import io.framequota.media.spherical.View;

/**
 * What becomes of the pictures of a 360° video.
 *
 * @param from of the pictures
 * @param to projection of the new ones
 * @param yaw degrees to the right of the old middle, of what comes into the new middle
 * @param pitch degrees above the horizon, of what comes into the new middle
 * @param fov horizontal field of view of flat pictures in degrees
 * @param width of the new pictures
 * @param height of the new pictures
 */
record Conversion360(Panorama from, Projection to, double yaw, double pitch, double fov, int width, int height) {
    /** A conversion to pictures that are as fine as the old ones, as far as they can be encoded. */
    static Conversion360 of(Panorama from, Projection to, double yaw, double pitch, double fov) {
        double density = from.density();
        return switch (to) {
            case EQUIRECT -> sized(from, to, yaw, pitch, fov, Math.PI * density, 2, 1, 0);
            case CUBEMAP -> sized(from, to, yaw, pitch, fov, 2 * density, 3, 2, 0);
            case EAC -> sized(from, to, yaw, pitch, fov, density * Math.PI / 2, 3, 2, Panorama.EAC_PADDING);
            case FLAT -> {
                double width = 2 * Math.tan(Math.toRadians(fov / 2)) * density;
                yield sized(from, to, yaw, pitch, fov, width / 16, 16, 9, 0);
            }
            case CUBEMAP6X1 -> throw new IllegalArgumentException("no player shows cubemap6x1");
        };
    }

    /**
     * @param unit side of the squares that make up the picture
     * @param columns of squares
     * @param rows of squares
     * @param padding pixels left and right of everything, and above and below each of two rows
     */
    private static Conversion360 sized(
            Panorama from,
            Projection to,
            double yaw,
            double pitch,
            double fov,
            double unit,
            int columns,
            int rows,
            int padding) {
        double most = Math.min(
                (Mp4Encoder.MAX_LONG_SIDE - 2.0 * padding) / columns,
                (Mp4Encoder.MAX_SHORT_SIDE - 4.0 * padding) / rows);
        int side = even(Math.min(unit, most));
        return new Conversion360(from, to, yaw, pitch, fov, columns * side + 2 * padding, rows * side + 4 * padding);
    }

    private static int even(double side) {
        return Math.max(2, (int) (side / 2) * 2);
    }

    /** Whether the new pictures would be the old ones. */
    boolean changesNothing() {
        return from.projection() == to && yaw == 0 && pitch == 0;
    }

    /** The conversion of pixels of three bytes. */
    Remapping remapping() {
        if (to == Projection.FLAT) {
            double vertical = 2 * Math.toDegrees(Math.atan(Math.tan(Math.toRadians(fov / 2)) * height / width));
            View view = new View(yaw, pitch, fov, vertical);
            return new Remapping(from, (x, y) -> view.through(2 * x / width - 1, 2 * y / height - 1), width, height, 3);
        }
        Panorama target = new Panorama(to, width, height);
        Rotation rotation = new Rotation(yaw, pitch);
        return new Remapping(from, (x, y) -> rotation.apply(target.direction(x, y)), width, height, 3);
    }
}
