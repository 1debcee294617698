package io.framequota.analysis.kitti;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * When the pictures of a drive are shown in a video of them all: one camera after another, and each as it was recorded.
 *
 * @param shownMs milliseconds from the first picture on, by the picture's file
 * @param stepMs median time from one picture to the next of its camera
 */
public record DriveTimes(Map<String, Double> shownMs, double stepMs) {
    /** Of a source that is no drive. */
    public static final DriveTimes NONE = new DriveTimes(Map.of(), 0);

    private static final double NS_PER_MS = 1e6;
    private static final double USUAL_STEP_MS = 100;
    /** A longer pause is taken for a wrong time, and nobody watches it. */
    private static final double LONGEST_STEP_MS = 2000;

    public DriveTimes {
        shownMs = Map.copyOf(shownMs);
    }

    /** The times of a drive. A time that is not after that of the picture before it, or far behind it, is replaced by the usual step. */
    public static DriveTimes of(Drive drive) {
        List<Drive.Frame> frames = drive.frames();
        double step = usualStep(frames);
        Map<String, Double> shown = new HashMap<>();
        double at = 0;
        for (int i = 0; i < frames.size(); i++) {
            double since = i == 0 ? 0 : sinceLast(frames, i);
            at += i == 0 ? 0 : Double.isNaN(since) ? step : since;
            shown.put(frames.get(i).file(), at);
        }
        return new DriveTimes(shown, step);
    }

    private static double usualStep(List<Drive.Frame> frames) {
        List<Double> steps = new ArrayList<>();
        for (int i = 1; i < frames.size(); i++) {
            double since = sinceLast(frames, i);
            if (!Double.isNaN(since)) {
                steps.add(since);
            }
        }
        Collections.sort(steps);
        return steps.isEmpty() ? USUAL_STEP_MS : steps.get(steps.size() / 2);
    }

    /** NaN where it says nothing. */
    private static double sinceLast(List<Drive.Frame> frames, int index) {
        Drive.Frame before = frames.get(index - 1);
        Drive.Frame frame = frames.get(index);
        double ms = (frame.orderNs() - before.orderNs()) / NS_PER_MS;
        return frame.camera().equals(before.camera()) && ms > 0 && ms <= LONGEST_STEP_MS ? ms : Double.NaN;
    }
}
