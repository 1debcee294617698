package io.framequota.scheduler.dispatch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Core-seconds that a frame takes, by model, as measured on finished chunks. What is answered moves only when the
 * measured mean has moved by a tenth, so that estimates do not tremble with every chunk.
 */
final class Costs {
    /** Until a chunk of a model has finished: all its jobs then compare by frames. */
    private static final double UNMEASURED = 0.05;

    private static final double MOVED = 0.1;
    /** At twice as many the sums are halved, so that the latest chunks count. */
    private static final double WINDOW_FRAMES = 20_000;
    /** What an earlier leader measured counts as this many frames at most: this one may run on other machines. */
    private static final double RECALLED_FRAMES = 500;

    private static final class Model {
        double seconds;
        double frames;
        double perFrame = UNMEASURED;
        boolean measured;
    }

    private final Map<String, Model> byModel = new TreeMap<>();
    private long moves;

    /** How often an answer has moved so far. */
    long moves() {
        return moves;
    }

    /** A chunk was finished. */
    void measured(String model, double coreSeconds, double frames) {
        if (coreSeconds <= 0 || frames <= 0) {
            return;
        }
        Model known = byModel.computeIfAbsent(model, m -> new Model());
        if (known.frames > 2 * WINDOW_FRAMES) {
            known.seconds /= 2;
            known.frames /= 2;
        }
        known.seconds += coreSeconds;
        known.frames += frames;
        double mean = known.seconds / known.frames;
        if (!known.measured || Math.abs(mean - known.perFrame) > MOVED * known.perFrame) {
            known.measured = true;
            known.perFrame = mean;
            moves++;
        }
    }

    /** What a frame costs was measured before; chunks of this leadership refine it. */
    void known(String model, double perFrame) {
        measured(model, perFrame, 1);
    }

    /** What an earlier leader measured; chunks of this leadership refine it. */
    void recall(Learnt learnt) {
        double part = Math.min(1, RECALLED_FRAMES / learnt.frames());
        measured(learnt.model(), learnt.coreSeconds() * part, learnt.frames() * part);
    }

    /** What was measured, by model, beside what was seen of their jobs' uptake. */
    List<Learnt> learnt(Uptakes uptakes) {
        List<Learnt> all = new ArrayList<>(byModel.size());
        byModel.forEach((name, model) -> all.add(new Learnt(name, model.seconds, model.frames, uptakes.widths(name))));
        return all;
    }

    boolean isMeasured(String model) {
        return byModel.containsKey(model);
    }

    double perFrame(String model) {
        Model known = byModel.get(model);
        return known == null ? UNMEASURED : known.perFrame;
    }
}
