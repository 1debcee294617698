package io.framequota.analysis.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.analysis.evaluate.TrackEvaluation;
import io.framequota.analysis.evaluate.Truth;
import io.framequota.analysis.evaluate.TruthObject;
import io.framequota.analysis.result.Box;
import io.framequota.analysis.result.DetectedObject;
import io.framequota.analysis.result.FrameKey;
import io.framequota.analysis.result.SphereBox;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TracksTest {
    @Test
    void twoObjectsThatPassEachOtherKeepTheirNumbers() {
        Tracks tracks = new Tracks(TrackerSettings.DEFAULT);
        for (int f = 0; f < 60; f++) {
            // They meet in the middle, one a little lower, and walk on.
            tracks.add(at(f), List.of(object(0.9, 10 + 5 * f, 100), object(0.9, 310 - 5 * f, 130)));
        }
        tracks.finish();

        assertThat(tracks.count()).isEqualTo(2);
        for (int f = 0; f < 60; f++) {
            assertThat(tracks.number(at(f), 0)).isEqualTo(1);
            assertThat(tracks.number(at(f), 1)).isEqualTo(2);
        }
    }

    @Test
    void anObjectThatIsHiddenForSomeFramesComesBackWithItsNumber() {
        Tracks tracks = new Tracks(TrackerSettings.DEFAULT);
        for (int f = 0; f < 50; f++) {
            tracks.add(at(f), f >= 20 && f < 35 ? List.of() : List.of(object(0.9, 10 + 4 * f, 100)));
        }
        tracks.finish();

        assertThat(tracks.count()).isEqualTo(1);
        assertThat(tracks.number(at(49), 0)).isEqualTo(1);
    }

    @Test
    void anObjectThatStaysAwayLongerThanTheGapGetsANewNumber() {
        Tracks tracks = new Tracks(new TrackerSettings(0.5, 0.1, 10, 2));
        for (int f = 0; f < 50; f++) {
            tracks.add(at(f), f >= 20 && f < 35 ? List.of() : List.of(object(0.9, 10, 100)));
        }
        tracks.finish();

        assertThat(tracks.number(at(19), 0)).isEqualTo(1);
        assertThat(tracks.number(at(49), 0)).isEqualTo(2);
    }

    @Test
    void aWeakDetectionContinuesATrackButStartsNone() {
        Tracks tracks = new Tracks(TrackerSettings.DEFAULT);
        for (int f = 0; f < 10; f++) {
            tracks.add(at(f), List.of(object(f == 5 ? 0.2 : 0.9, 10 + f, 100), object(0.2, 400, 100)));
        }
        tracks.finish();

        assertThat(tracks.count()).isEqualTo(1);
        assertThat(tracks.number(at(5), 0)).isEqualTo(1);
        assertThat(tracks.number(at(5), 1)).isZero();
    }

    /** Once around the camera, and over the edge of the picture. */
    @Test
    void anObjectThatWalksAcrossTheEdgeOfA360PictureKeepsItsNumber() {
        Tracks tracks = new Tracks(TrackerSettings.DEFAULT);
        for (int f = 0; f < 200; f++) {
            double yaw = -170 + 2 * f;
            tracks.add(at(f), List.of(around(yaw - 360 * Math.rint(yaw / 360), -5), around(-40, 60)));
        }
        tracks.finish();

        assertThat(tracks.count()).isEqualTo(2);
        assertThat(tracks.number(at(0), 0)).isEqualTo(tracks.number(at(199), 0)).isEqualTo(1);
        assertThat(tracks.number(at(199), 1)).isEqualTo(2);
    }

    /** As in an unrolled picture of 1920 x 960, where the box of an object on the edge goes on beyond the width. */
    private static DetectedObject around(double yaw, double pitch) {
        double x = (yaw + 180) / 360 * 1920;
        double y = (90 - pitch) / 180 * 960;
        return new DetectedObject(
                "person",
                0.9,
                new Box(x - 40, y - 90, x + 40, y + 90),
                OptionalLong.empty(),
                OptionalDouble.empty(),
                0,
                new SphereBox(yaw, pitch, 15, 34));
    }

    @Test
    void classesAndStreamsAreTrackedApart() {
        Tracks tracks = new Tracks(TrackerSettings.DEFAULT);
        for (int f = 0; f < 3; f++) {
            Box box = new Box(10, 10, 50, 100);
            tracks.add(
                    new FrameKey("left", f),
                    List.of(
                            new DetectedObject("car", 0.9, box, OptionalLong.empty()),
                            new DetectedObject("bus", 0.9, box, OptionalLong.empty())));
            tracks.add(new FrameKey("right", f), List.of(new DetectedObject("car", 0.9, box, OptionalLong.empty())));
        }
        tracks.finish();

        assertThat(tracks.count()).isEqualTo(3);
        assertThat(tracks.number(new FrameKey("left", 2), 0)).isEqualTo(1);
        assertThat(tracks.number(new FrameKey("left", 2), 1)).isEqualTo(2);
        assertThat(tracks.number(new FrameKey("right", 2), 0)).isEqualTo(3);
    }

    @Test
    void framesThatWereNotInferredCountForMotionAndNotForTheGap() {
        Tracks tracks = new Tracks(new TrackerSettings(0.5, 0.1, 3, 2));
        for (int f = 0; f < 300; f += 10) {
            // Two inferred frames without it, 30 of the source.
            tracks.add(at(f), f == 100 || f == 110 ? List.of() : List.of(object(0.9, 10 + f, 100)));
        }
        tracks.finish();

        assertThat(tracks.count()).isEqualTo(1);
    }

    @Test
    void aSingleDetectionHasNoTrackUnlessThatIsAskedFor() {
        for (int length : new int[] {1, 2}) {
            Tracks tracks = new Tracks(new TrackerSettings(0.5, 0.1, 30, length));
            tracks.add(at(0), List.of(object(0.9, 10, 10)));
            tracks.add(at(1), List.of());
            tracks.finish();

            assertThat(tracks.count()).isEqualTo(2 - length);
        }
    }

    @Test
    void framesMustComeInOrder() {
        Tracks tracks = new Tracks(TrackerSettings.DEFAULT);
        tracks.add(at(5), List.of());

        assertThatThrownBy(() -> tracks.add(at(5), List.of())).hasMessageContaining("frame 5");
    }

    /** Ten objects on straight ways, seen with noise, gaps and false alarms. */
    @Test
    void inACrowdWithNoiseTracksAreMostlyRight() {
        Random random = new Random(3);
        Map<FrameKey, List<DetectedObject>> found = new HashMap<>();
        Map<FrameKey, List<TruthObject>> truth = new HashMap<>();
        Tracks tracks = new Tracks(TrackerSettings.DEFAULT);
        for (int f = 0; f < 200; f++) {
            List<DetectedObject> seen = new ArrayList<>();
            List<TruthObject> there = new ArrayList<>();
            for (int k = 0; k < 10; k++) {
                double x = 40 + 110 * k + (k % 2 == 0 ? 2 : -2) * f;
                double y = 100 + 35 * (k % 4);
                there.add(new TruthObject("person", new Box(x, y, x + 40, y + 100), OptionalLong.of(k), false));
                if (random.nextDouble() > 0.05) {
                    seen.add(object(
                            0.3 + 0.65 * random.nextDouble(), x + random.nextGaussian(), y + random.nextGaussian()));
                }
            }
            if (random.nextDouble() < 0.2) {
                seen.add(object(0.6, 1200 * random.nextDouble(), 300));
            }
            found.put(at(f), seen);
            truth.put(at(f), there);
            tracks.add(at(f), seen);
        }
        tracks.finish();
        Map<FrameKey, List<DetectedObject>> tracked = new HashMap<>();
        found.forEach((frame, objects) -> {
            List<DetectedObject> all = new ArrayList<>();
            for (int i = 0; i < objects.size(); i++) {
                DetectedObject o = objects.get(i);
                long number = tracks.number(frame, i);
                all.add(new DetectedObject(
                        o.label(), o.score(), o.box(), number > 0 ? OptionalLong.of(number) : OptionalLong.empty()));
            }
            tracked.put(frame, all);
        });

        TrackEvaluation evaluation =
                TrackEvaluation.of(tracked, new Truth(truth), 0.5).orElseThrow();

        assertThat(evaluation.switches()).isLessThanOrEqualTo(10);
        assertThat(evaluation.mota()).isGreaterThan(0.9);
    }

    private static FrameKey at(long frame) {
        return new FrameKey("", frame);
    }

    private static DetectedObject object(double score, double x, double y) {
        return new DetectedObject("person", score, new Box(x, y, x + 40, y + 100), OptionalLong.empty());
    }
}
