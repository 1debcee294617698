package io.framequota.ingest.source.sample;

import java.util.ArrayList;
import java.util.List;

/** The limbs of a walking person, back to front. All lengths are fractions of the person's height. */
final class WalkerFigure {
    private static final Rgb SKIN = new Rgb(205, 170, 150);
    private static final Rgb HAIR = new Rgb(45, 35, 30);
    private static final Rgb SHOE = new Rgb(35, 30, 30);

    private final List<Limb> limbs = new ArrayList<>();
    private final double x;
    private final double top;
    private final double height;
    private final int facing;

    private WalkerFigure(double x, double foot, double height, int facing) {
        this.x = x;
        this.top = foot - height;
        this.height = height;
        this.facing = facing;
    }

    /**
     * Computes the limbs of a walker.
     *
     * @param x middle of the body
     * @param foot lower edge of the feet
     * @param phase of the gait in radians; one step is pi
     * @param facing 1 to the right, -1 to the left
     */
    static List<Limb> of(double x, double foot, double height, double phase, int facing, Rgb coat, Rgb trousers) {
        WalkerFigure figure = new WalkerFigure(x, foot, height, facing);
        figure.leg(-0.012, phase + Math.PI, trousers.times(0.85));
        figure.arm(phase, coat.times(0.8));
        figure.leg(0.012, phase, trousers);
        figure.body(coat);
        figure.head();
        figure.arm(phase + Math.PI, coat.times(0.92));
        return figure.limbs;
    }

    private void leg(double forward, double phase, Rgb rgb) {
        double thigh = 0.38 * StrictMath.sin(phase);
        double shin = thigh - 0.9 * (0.25 + 0.35 * Math.max(0, StrictMath.sin(phase + 1.9)));
        double hipX = forward;
        double hipY = 0.50;
        double kneeX = hipX + 0.245 * StrictMath.sin(thigh);
        double kneeY = hipY + 0.245 * StrictMath.cos(thigh);
        double footX = kneeX + 0.245 * StrictMath.sin(shin);
        double footY = kneeY + 0.245 * StrictMath.cos(shin);
        limb(hipX, hipY, 0.062, kneeX, kneeY, 0.045, rgb);
        limb(kneeX, kneeY, 0.045, footX, footY, 0.030, rgb);
        limb(footX, footY, 0.026, footX + 0.06, footY + 0.012, 0.020, SHOE);
    }

    private void arm(double phase, Rgb rgb) {
        double upper = 0.40 * StrictMath.sin(phase);
        double lower = upper + 0.35;
        double elbowX = 0.17 * StrictMath.sin(upper);
        double elbowY = 0.215 + 0.17 * StrictMath.cos(upper);
        double handX = elbowX + 0.15 * StrictMath.sin(lower);
        double handY = elbowY + 0.15 * StrictMath.cos(lower);
        limb(0, 0.215, 0.036, elbowX, elbowY, 0.032, rgb);
        limb(elbowX, elbowY, 0.032, handX, handY, 0.024, rgb);
        limb(handX, handY, 0.024, handX, handY + 0.01, 0.022, SKIN);
    }

    private void body(Rgb coat) {
        for (double side : new double[] {-0.045, 0, 0.045}) {
            limb(side, 0.225, 0.058, side * 0.75, 0.51, 0.058, coat);
        }
    }

    private void head() {
        limb(0, 0.13, 0.030, 0, 0.19, 0.035, SKIN);
        limb(0.004, 0.066, 0.058, 0.008, 0.095, 0.050, SKIN);
        limb(-0.012, 0.055, 0.055, -0.006, 0.058, 0.050, HAIR);
    }

    /** Adds a limb given in fractions of the height, forward and down from the top of the head. */
    private void limb(double ax, double ay, double ar, double bx, double by, double br, Rgb rgb) {
        limbs.add(new Limb(
                x + facing * ax * height,
                top + ay * height,
                ar * height,
                x + facing * bx * height,
                top + by * height,
                br * height,
                rgb));
    }
}
