package io.framequota.media.spherical;

/** Arc tangents that are fast enough for every pixel of a picture. */
final class Angles {
    private Angles() {}

    /** The angle of the point (x, y) in radians, as {@link Math#atan2} has it, with an error below 0.00001. */
    static double atan2(double y, double x) {
        double across = Math.abs(y);
        double along = Math.abs(x);
        double angle = across <= along ? (along == 0 ? 0 : atan(across / along)) : Math.PI / 2 - atan(along / across);
        if (x < 0) {
            angle = Math.PI - angle;
        }
        return y < 0 ? -angle : angle;
    }

    /** The arc tangent of a number from -1 to 1: a polynomial of least error, as Hastings gives it (Approximations for Digital Computers, 1955). */
    static double atan(double t) {
        double s = t * t;
        return t
                * (0.99997726
                        + s
                                * (-0.33262347
                                        + s * (0.19354346 + s * (-0.11643287 + s * (0.05265332 + s * -0.01172120)))));
    }
}
