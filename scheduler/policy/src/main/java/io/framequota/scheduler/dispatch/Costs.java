package io.framequota.scheduler.dispatch;

import java.util.HashMap;
import java.util.Map;

/**
 * Core-seconds that a frame takes, by model, as measured on finished chunks. What is answered moves only when the
 * measured mean has moved by a tenth, so that estimates do not tremble with every chunk.
 */
final class Costs {
    /** Until a chunk of a model has finished: all its jobs then compare by frames. */
    private static final double UNMEASURED = 0.05;

    private static final double MOVED = 0.1;

    private static final class Model {
        double seconds;
        double frames;
        double perFrame = UNMEASURED;
        boolean measured;
    }

    private final Map<String, Model> byModel = new HashMap<>();

    /** A chunk was finished. */
    void measured(String model, double coreSeconds, int frames) {
        if (coreSeconds <= 0 || frames <= 0) {
            return;
        }
        Model known = byModel.computeIfAbsent(model, m -> new Model());
        known.seconds += coreSeconds;
        known.frames += frames;
        double mean = known.seconds / known.frames;
        if (!known.measured || Math.abs(mean - known.perFrame) > MOVED * known.perFrame) {
            known.measured = true;
            known.perFrame = mean;
        }
    }

    /** What a frame costs was measured before; chunks of this leadership refine it. */
    void known(String model, double perFrame) {
        measured(model, perFrame, 1);
    }

    boolean isMeasured(String model) {
        return byModel.containsKey(model);
    }

    double perFrame(String model) {
        Model known = byModel.get(model);
        return known == null ? UNMEASURED : known.perFrame;
    }
}
