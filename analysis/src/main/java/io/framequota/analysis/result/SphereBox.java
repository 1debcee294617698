package io.framequota.analysis.result;

/**
 * Where an object is in a 360° picture, in degrees.
 *
 * @param yaw of its middle, from the middle of the picture to the right, -180 to 180
 * @param pitch of its middle, above the horizon, -90 to 90
 * @param width field of view of a camera that looks there and just holds it
 * @param height the same upwards
 */
public record SphereBox(double yaw, double pitch, double width, double height) {
    /** Least cosine of a pitch: towards a pole an object spans ever more of the longitudes, at the pole all. */
    private static final double LEAST_COSINE = 0.05;

    /** The rectangle of longitudes and latitudes that it covers, in so many units to a degree, y downwards. */
    public Box unrolled(double units) {
        double across = Math.min(360, width / Math.max(LEAST_COSINE, Math.cos(Math.toRadians(pitch)))) / 2;
        return new Box(
                units * (yaw - across),
                units * (-pitch - height / 2),
                units * (yaw + across),
                units * (-pitch + height / 2));
    }
}
