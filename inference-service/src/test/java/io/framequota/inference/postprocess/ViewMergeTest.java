package io.framequota.inference.postprocess;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.contract.frame.Projection;
import io.framequota.contract.result.AngularBox;
import io.framequota.contract.result.Detection;
import io.framequota.inference.model.InputSize;
import io.framequota.media.spherical.AngularBoxShape;
import io.framequota.media.spherical.Direction;
import io.framequota.media.spherical.Panorama;
import io.framequota.media.spherical.PanoramaSampler;
import io.framequota.media.spherical.SphereViews;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * Panoramas with objects in the middle of each face of a cube, on each of its edges (one of which is at 180 degrees) and on each of its
 * corners, turned by any yaw. A detector that knows their colours looks at the views.
 */
class ViewMergeTest {
    private static final int SIDE = 240;
    private static final InputSize SIZE = new InputSize(SIDE, SIDE);
    private static final byte[][] COLOURS = {{0, 0, (byte) 255}, {0, (byte) 255, 0}, {(byte) 255, 0, 0}};

    private record Truth(int classId, AngularBox box) {
        Truth turned(double yaw) {
            return new Truth(
                    classId,
                    new AngularBox(Direction.of(box.yaw() + yaw, 0).yaw(), box.pitch(), box.width(), box.height()));
        }
    }

    private static List<Truth> objects() {
        List<Truth> all = new ArrayList<>();
        for (int yaw = -180; yaw < 180; yaw += 45) {
            all.add(new Truth(0, new AngularBox(yaw, 0, 14, 20)));
            // The middle of an edge of the upper and lower faces, or a corner.
            double high = yaw % 90 == 0 ? 45 : 35.26;
            all.add(new Truth(1, new AngularBox(yaw, high, 16, 16)));
            all.add(new Truth(2, new AngularBox(yaw, -high, 12, 16)));
        }
        all.add(new Truth(0, new AngularBox(0, 90, 18, 18)));
        all.add(new Truth(0, new AngularBox(0, -90, 18, 18)));
        return all;
    }

    @ParameterizedTest
    @EnumSource(value = Projection.class, mode = Mode.EXCLUDE, names = "FLAT")
    void everyObjectIsFoundOnceUnderAnyYaw(Projection projection) {
        Panorama panorama = panorama(projection);
        for (double turn = 0; turn < 360; turn += 47) {
            double yaw = turn;
            List<Truth> truth = objects().stream().map(t -> t.turned(yaw)).toList();

            List<Detection> found = detect(panorama, truth);

            double f1 = f1(found, truth);
            assertThat(f1).as(projection + " turned by " + yaw).isGreaterThanOrEqualTo(0.97);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Projection.class, mode = Mode.EXCLUDE, names = "FLAT")
    void aLargeObjectIsOneWhereverItIs(Projection projection) {
        Panorama panorama = panorama(projection);
        for (int yaw = -180; yaw < 180; yaw += 72) {
            for (int pitch = -80; pitch <= 80; pitch += 40) {
                List<Truth> truth = List.of(new Truth(1, new AngularBox(yaw, pitch, 39, 39)));

                List<Detection> found = detect(panorama, truth);

                assertThat(found).as(projection + " at " + yaw + ", " + pitch).hasSize(1);
                assertThat(f1(found, truth))
                        .as(projection + " at " + yaw + ", " + pitch)
                        .isEqualTo(1);
            }
        }
    }

    @Test
    void boxesInThePictureHoldTheObjects() {
        for (Projection projection : Projection.values()) {
            if (projection == Projection.FLAT) {
                continue;
            }
            Panorama panorama = panorama(projection);
            for (Truth truth : objects()) {
                float[] box = panorama.box(new AngularBoxShape(truth.box()));
                assertThat(box[0]).as(projection + " " + truth).isBetween(0f, (float) panorama.width());
                assertThat(box[2]).isGreaterThan(box[0]);
                assertThat(box[3]).isGreaterThan(box[1]);
                assertThat(box[3]).isLessThanOrEqualTo(panorama.height());
                Direction middle = panorama.direction((box[0] + box[2]) / 2 % panorama.width(), (box[1] + box[3]) / 2);
                if (Math.abs(truth.box().pitch()) < 90) {
                    assertThat(shows(truth, middle))
                            .as(projection + " " + truth)
                            .isTrue();
                }
            }
        }
    }

    private static Panorama panorama(Projection projection) {
        return switch (projection) {
            case EQUIRECT -> new Panorama(projection, 960, 480);
            case CUBEMAP -> new Panorama(projection, 720, 480);
            case CUBEMAP6X1 -> new Panorama(projection, 1440, 240);
            case EAC -> new Panorama(projection, 724, 488);
            case FLAT -> throw new IllegalArgumentException();
        };
    }

    private static List<Detection> detect(Panorama panorama, List<Truth> truth) {
        byte[] pixels = draw(panorama, truth);
        PanoramaSampler sampler = new PanoramaSampler(panorama, panorama.width(), panorama.height(), 3);
        List<List<Detection>> found = SphereViews.ALL.stream()
                .map(view -> spots(sampler.render(pixels, view, SIDE, SIDE)))
                .toList();
        return new ViewMerge(panorama, SphereViews.ALL, SIZE).merge(found);
    }

    private static byte[] draw(Panorama panorama, List<Truth> truth) {
        byte[] pixels = new byte[3 * panorama.width() * panorama.height()];
        List<Direction> middles = truth.stream()
                .map(t -> Direction.of(t.box().yaw(), t.box().pitch()))
                .toList();
        for (int y = 0, i = 0; y < panorama.height(); y++) {
            for (int x = 0; x < panorama.width(); x++, i += 3) {
                Direction d = panorama.direction(x + 0.5, y + 0.5);
                for (int t = 0; t < middles.size(); t++) {
                    // Most objects are far from most pixels, and the exact answer is slow.
                    if (near(middles.get(t), d) && shows(truth.get(t), d)) {
                        System.arraycopy(COLOURS[truth.get(t).classId()], 0, pixels, i, 3);
                    }
                }
            }
        }
        return pixels;
    }

    private static boolean near(Direction middle, Direction d) {
        double length = Math.sqrt(d.x() * d.x() + d.y() * d.y() + d.z() * d.z());
        return middle.x() * d.x() + middle.y() * d.y() + middle.z() * d.z() > 0.8 * length;
    }

    /** Whether a direction is within the ellipse of an object, computed here in another way than by the code under test. */
    private static boolean shows(Truth t, Direction d) {
        double yaw = Math.toRadians(t.box().yaw());
        double pitch = Math.toRadians(t.box().pitch());
        double x = d.x() * Math.cos(yaw) - d.z() * Math.sin(yaw);
        double flat = d.x() * Math.sin(yaw) + d.z() * Math.cos(yaw);
        double z = flat * Math.cos(pitch) - d.y() * Math.sin(pitch);
        double y = flat * Math.sin(pitch) + d.y() * Math.cos(pitch);
        return z > 0
                && Math.hypot(
                                x / z / Math.tan(Math.toRadians(t.box().width() / 2)),
                                y / z / Math.tan(Math.toRadians(t.box().height() / 2)))
                        <= 1;
    }

    /** The boxes of connected spots of each colour. */
    private static List<Detection> spots(byte[] picture) {
        List<Detection> found = new ArrayList<>();
        boolean[] seen = new boolean[SIDE * SIDE];
        for (int i = 0; i < seen.length; i++) {
            int colour = colour(picture, i);
            if (colour >= 0 && !seen[i]) {
                found.add(spot(picture, seen, i, colour));
            }
        }
        found.removeIf(d -> d.x2() - d.x1() < 3 || d.y2() - d.y1() < 3);
        return found;
    }

    private static Detection spot(byte[] picture, boolean[] seen, int start, int colour) {
        Deque<Integer> open = new ArrayDeque<>(List.of(start));
        seen[start] = true;
        int left = SIDE;
        int top = SIDE;
        int right = 0;
        int bottom = 0;
        while (!open.isEmpty()) {
            int at = open.pop();
            int x = at % SIDE;
            int y = at / SIDE;
            left = Math.min(left, x);
            right = Math.max(right, x + 1);
            top = Math.min(top, y);
            bottom = Math.max(bottom, y + 1);
            int[] near = {
                x > 0 ? at - 1 : at, x < SIDE - 1 ? at + 1 : at, y > 0 ? at - SIDE : at, y < SIDE - 1 ? at + SIDE : at
            };
            for (int next : near) {
                if (!seen[next] && colour(picture, next) == colour) {
                    seen[next] = true;
                    open.push(next);
                }
            }
        }
        return new Detection("c" + colour, colour, 0.9f, left, top, right, bottom);
    }

    private static int colour(byte[] picture, int pixel) {
        for (int c = 0; c < COLOURS.length; c++) {
            if ((picture[3 * pixel + 2 - c] & 0xff) > 128) {
                return c;
            }
        }
        return -1;
    }

    private static double f1(List<Detection> found, List<Truth> truth) {
        List<Truth> open = new ArrayList<>(truth);
        int matched = 0;
        for (Detection d : found) {
            AngularBox around = d.around();
            assertThat(around).isNotNull();
            AngularBoxShape shape = new AngularBoxShape(around);
            for (Truth t : open) {
                if (t.classId() == d.classId() && shape.iou(new AngularBoxShape(t.box())) >= 0.5) {
                    matched++;
                    open.remove(t);
                    break;
                }
            }
        }
        return 2.0 * matched / (found.size() + truth.size());
    }
}
