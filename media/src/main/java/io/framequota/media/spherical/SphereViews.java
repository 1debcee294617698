package io.framequota.media.spherical;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The views as which a 360° picture is inferred. They overlap so far that any object of at most 40 degrees is whole in one of them,
 * and there is one straight up and one straight down.
 */
public final class SphereViews {
    /** Field of view of each in degrees, in both directions. */
    public static final double FOV = 100;

    /** The horizon is where most objects are: 7 views in 51 degrees of each other, so that hardly anything there is distorted. */
    private static final int ON_HORIZON = 7;

    private static final int BETWEEN = 6;

    /** All views. */
    public static final List<View> ALL = Stream.of(
                    ring(0, ON_HORIZON), ring(45, BETWEEN), ring(-45, BETWEEN), ring(90, 1), ring(-90, 1))
            .flatMap(List::stream)
            .toList();

    private SphereViews() {}

    private static List<View> ring(double pitch, int number) {
        List<View> views = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            views.add(new View(360.0 * i / number, pitch, FOV, FOV));
        }
        return views;
    }
}
