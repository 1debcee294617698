package io.framequota.media.spherical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.framequota.contract.frame.Projection;
import io.framequota.contract.result.AngularBox;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class PanoramaTest {
    @Test
    void anArcTangentIsExactToATenthOfAThousandthOfADegree() {
        Random random = new Random(1);
        for (int i = 0; i < 100_000; i++) {
            double y = random.nextGaussian();
            double x = random.nextGaussian();
            assertThat(Angles.atan2(y, x)).isCloseTo(Math.atan2(y, x), within(1e-5));
        }
        assertThat(Angles.atan2(0, 0)).isZero();
        assertThat(Angles.atan2(0, -1)).isCloseTo(Math.PI, within(1e-9));
    }

    @ParameterizedTest
    @EnumSource(value = Projection.class, mode = Mode.EXCLUDE, names = "FLAT")
    void everyDirectionIsWhereItsPixelSaysItIs(Projection projection) {
        Panorama panorama = new Panorama(projection, projection == Projection.CUBEMAP6X1 ? 1800 : 1204, 608);
        double[] at = new double[2];
        for (Direction d : directions(20_000)) {
            panorama.locate(d.x(), d.y(), d.z(), at);
            assertThat(at[0]).isBetween(0.0, (double) panorama.width());
            assertThat(at[1]).isBetween(0.0, (double) panorama.height());
            assertThat(panorama.direction(at[0], at[1]).angleTo(d)).isLessThan(0.01);
        }
    }

    @Test
    void anyObjectOf40DegreesIsWholeInAView() {
        for (Direction d : directions(50_000)) {
            assertThat(SphereViews.ALL).as(d.yaw() + ", " + d.pitch()).anyMatch(view -> view.contains(d, 20));
        }
    }

    @Test
    void boxesInDegreesAreThoseOfTheViewThatFindsThem() {
        View ahead = new View(30, 10, 90, 90);
        double t = Math.tan(Math.toRadians(10));

        AngularBox box = AngularBoxShape.inView(ahead, -t, -2 * t, t, 2 * t).box();

        assertThat(box.yaw()).isCloseTo(30, within(0.1));
        assertThat(box.pitch()).isCloseTo(10, within(0.1));
        assertThat(box.width()).isCloseTo(20, within(0.2));
        assertThat(box.height()).isCloseTo(2 * Math.toDegrees(Math.atan(2 * t)), within(0.2));
    }

    @Test
    void overlapIsMeasuredOnTheSphere() {
        AngularBoxShape left = new AngularBoxShape(new AngularBox(175, 0, 20, 20));
        AngularBoxShape right = new AngularBoxShape(new AngularBox(-175, 0, 20, 20));
        AngularBoxShape behindThePole = new AngularBoxShape(new AngularBox(0, 89, 20, 20));

        assertThat(left.iou(left)).isCloseTo(1, within(1e-9));
        assertThat(left.iou(right)).isCloseTo(1 / 3.0, within(0.02));
        assertThat(left.iou(behindThePole)).isZero();
        assertThat(behindThePole.iou(new AngularBoxShape(new AngularBox(180, 89, 20, 20))))
                .isGreaterThan(0.8);
        assertThat(new AngularBoxShape(new AngularBox(175, 0, 5, 5)).partIn(left))
                .isCloseTo(1, within(1e-6));
    }

    @Test
    void aBoxAcrossTheEdgesOfAnEquirectangularPictureEndsBeyondItsWidth() {
        Panorama panorama = new Panorama(Projection.EQUIRECT, 3600, 1800);

        float[] seam = panorama.box(new AngularBoxShape(new AngularBox(179, 0, 20, 30)));
        float[] pole = panorama.box(new AngularBoxShape(new AngularBox(10, 88, 20, 20)));

        assertThat(seam).usingComparatorWithPrecision(12f).containsExactly(3490, 750, 3690, 1050);
        assertThat(pole).usingComparatorWithPrecision(3f).containsExactly(0, 0, 3600, 120);
    }

    @Test
    void aPictureOfTheWrongFormIsRefusedInOneLine() {
        assertThat(Panorama.problem(Projection.EQUIRECT, 3840, 1920)).isEmpty();
        assertThat(Panorama.problem(Projection.EAC, 3840, 2160)).isEmpty();
        assertThat(Panorama.problem(Projection.CUBEMAP, 1000, 1000))
                .isEqualTo("this cubemap has three faces by two, and this picture is 1000 x 1000; give another"
                        + " --projection, flat for an ordinary picture");
        assertThat(Panorama.problem(Projection.CUBEMAP6X1, 1920, 1080)).contains("six faces in a row");
    }

    private static List<Direction> directions(int number) {
        List<Direction> all = new ArrayList<>(number);
        Random random = new Random(7);
        for (int i = 0; i < number; i++) {
            all.add(new Direction(random.nextGaussian(), random.nextGaussian(), random.nextGaussian()));
        }
        for (int yaw = -180; yaw < 180; yaw += 45) {
            all.add(Direction.of(yaw + 0.01, 0));
            all.add(Direction.of(yaw + 0.01, 44.9));
        }
        all.add(Direction.of(0, 90));
        all.add(Direction.of(0, -90));
        return all;
    }
}
