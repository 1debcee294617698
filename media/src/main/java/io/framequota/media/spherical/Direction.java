package io.framequota.media.spherical;

/**
 * A direction from the middle of a 360° picture, of any length above 0.
 *
 * @param x to the right of the picture's middle
 * @param y down
 * @param z ahead, to the picture's middle
 */
public record Direction(double x, double y, double z) {
    /**
     * A direction of length 1.
     *
     * @param yaw degrees to the right of the picture's middle
     * @param pitch degrees above the horizon
     */
    public static Direction of(double yaw, double pitch) {
        double a = Math.toRadians(yaw);
        double b = Math.toRadians(pitch);
        return new Direction(Math.sin(a) * Math.cos(b), -Math.sin(b), Math.cos(a) * Math.cos(b));
    }

    /** Degrees to the right of the picture's middle, from -180 to below 180. */
    public double yaw() {
        double degrees = Math.toDegrees(Math.atan2(x, z));
        return degrees >= 180 ? degrees - 360 : degrees;
    }

    /** Degrees above the horizon, -90 to 90. */
    public double pitch() {
        return Math.toDegrees(Math.atan2(-y, Math.hypot(x, z)));
    }

    double dot(Direction other) {
        return x * other.x + y * other.y + z * other.z;
    }

    Direction cross(Direction o) {
        return new Direction(y * o.z - z * o.y, z * o.x - x * o.z, x * o.y - y * o.x);
    }

    Direction unit() {
        double length = Math.sqrt(dot(this));
        return new Direction(x / length, y / length, z / length);
    }

    Direction plus(double factor, Direction other) {
        return new Direction(x + factor * other.x, y + factor * other.y, z + factor * other.z);
    }

    /** The angle between two directions in degrees. */
    public double angleTo(Direction other) {
        return Math.toDegrees(Math.acos(Math.clamp(unit().dot(other.unit()), -1.0, 1.0)));
    }
}
