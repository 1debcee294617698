package io.framequota.scheduler.dispatch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Core-seconds that a frame takes, by model and kind of frame, as measured on finished chunks. What is answered moves only
 * when the measured mean has moved by a tenth, so that estimates do not tremble with every chunk.
 *
 * <p>A kind that was not measured is taken to cost what the kind of the same model costs that is nearest in size, in
 * proportion to its pixels.
 */
final class CostEstimator {
    /** Until a chunk of a model has finished: all its jobs then compare by frames. */
    private static final double UNMEASURED = 0.05;

    private static final double MOVED = 0.1;
    /** At twice as many the sums are halved, so that the latest chunks count. */
    private static final double WINDOW_FRAMES = 20_000;
    /** The same for what frames cost lately. */
    private static final double LATELY_FRAMES = 400;
    /** What an earlier leader measured counts as this many frames at most: this one may run on other machines. */
    private static final double RECALLED_FRAMES = 500;
    /** Kinds of one model that are kept, the latest measured. */
    private static final int KINDS = 32;

    private static final class Sums {
        double seconds;
        double frames;
        /** Of each chunk its frames times the square of its seconds a frame. */
        double squares;

        double latelySeconds;
        double latelyFrames;

        double perFrame = UNMEASURED;
        boolean measured;

        double lately() {
            return latelyFrames > 0 ? latelySeconds / latelyFrames : perFrame;
        }

        /** Whether the answer moved. */
        boolean add(double moreSeconds, double moreFrames, double moreSquares) {
            if (frames > 2 * WINDOW_FRAMES) {
                seconds /= 2;
                frames /= 2;
                squares /= 2;
            }
            if (latelyFrames > 2 * LATELY_FRAMES) {
                latelySeconds /= 2;
                latelyFrames /= 2;
            }
            latelySeconds += moreSeconds;
            latelyFrames += moreFrames;
            seconds += moreSeconds;
            frames += moreFrames;
            squares += moreSquares;
            double mean = seconds / frames;
            if (measured && Math.abs(mean - perFrame) <= MOVED * perFrame) {
                return false;
            }
            measured = true;
            perFrame = mean;
            return true;
        }

        double spread() {
            double mean = seconds / frames;
            return mean > 0 ? Math.sqrt(Math.max(0, squares / frames - mean * mean)) / mean : 0;
        }
    }

    private static final class Model {
        final Sums all = new Sums();
        /** In the order of their latest measurement: nothing that only looks may change what is forgotten. */
        final Map<FrameKind, Sums> byKind = new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<FrameKind, Sums> eldest) {
                return size() > KINDS;
            }
        };

        boolean add(FrameKind kind, double seconds, double frames, double squares) {
            Sums known = byKind.remove(kind);
            Sums sums = known == null ? new Sums() : known;
            byKind.put(kind, sums);
            return sums.add(seconds, frames, squares);
        }
    }

    private final Map<String, Model> byModel = new TreeMap<>();
    private final ContentionEstimator crowds = new ContentionEstimator();
    private long moves;

    /** How long frames take in company. */
    ContentionEstimator crowds() {
        return crowds;
    }

    /** How often an answer has moved so far. */
    long moves() {
        return moves + crowds.moves();
    }

    /** A chunk was finished. */
    void measured(String model, FrameKind kind, double coreSeconds, double frames) {
        add(model, kind, coreSeconds, frames, frames > 0 ? coreSeconds * coreSeconds / frames : 0);
    }

    private void add(String model, FrameKind kind, double coreSeconds, double frames, double squares) {
        if (coreSeconds <= 0 || frames <= 0) {
            return;
        }
        Model known = byModel.computeIfAbsent(model, m -> new Model());
        boolean moved = known.all.add(coreSeconds, frames, squares);
        if (kind.pixels() > 0) {
            moved |= known.add(kind, coreSeconds, frames, squares);
        }
        moves += moved ? 1 : 0;
    }

    /** What a frame costs was measured before; chunks of this leadership refine it. */
    void known(String model, double perFrame) {
        measured(model, FrameKind.UNKNOWN, perFrame, 1);
    }

    /** What an earlier leader measured; chunks of this leadership refine it. */
    void recall(ModelProfile learnt) {
        crowds.recall(learnt);
        double kinds = 0;
        double part = Math.min(1, RECALLED_FRAMES / learnt.frames());
        for (ModelProfile.Cost cost : learnt.costs()) {
            kinds += cost.frames();
            add(learnt.model(), cost.kind(), cost.coreSeconds() * part, cost.frames() * part, cost.squares() * part);
        }
        // What was measured without a kind, by earlier releases for instance.
        double rest = learnt.frames() - kinds;
        if (rest > 0) {
            double seconds = learnt.coreSeconds()
                    - learnt.costs().stream()
                            .mapToDouble(ModelProfile.Cost::coreSeconds)
                            .sum();
            add(learnt.model(), FrameKind.UNKNOWN, seconds * part, rest * part, seconds * seconds / rest * part);
        }
    }

    /** What was measured, by model, beside what was seen of their jobs' uptake. */
    List<ModelProfile> learnt(UtilizationEstimator uptakes) {
        List<ModelProfile> all = new ArrayList<>(byModel.size());
        byModel.forEach((name, model) -> {
            List<ModelProfile.Cost> costs = new ArrayList<>(model.byKind.size());
            model.byKind.forEach(
                    (kind, sums) -> costs.add(new ModelProfile.Cost(kind, sums.seconds, sums.frames, sums.squares)));
            all.add(new ModelProfile(
                    name, model.all.seconds, model.all.frames, uptakes.widths(name), costs, crowds.crowds(name)));
        });
        return all;
    }

    /** Whether a chunk of this model was ever measured. */
    boolean isMeasured(String model) {
        return byModel.containsKey(model);
    }

    /** What frames cost lately: measured on the latest chunks, for who wants to know how long the next ones take. */
    double lately(String model, FrameKind kind) {
        Model known = byModel.get(model);
        if (known == null) {
            return UNMEASURED;
        }
        FrameKind nearest = nearest(known, kind);
        Sums sums = nearest == null ? null : known.byKind.get(nearest);
        return nearest == null || sums == null ? known.all.lately() : sums.lately() * kind.pixels() / nearest.pixels();
    }

    /** What a frame of any kind costs on average. */
    double perFrame(String model) {
        return perFrame(model, FrameKind.UNKNOWN);
    }

    /** What a frame costs. */
    double perFrame(String model, FrameKind kind) {
        Model known = byModel.get(model);
        if (known == null) {
            return UNMEASURED;
        }
        FrameKind nearest = nearest(known, kind);
        // What is estimated is when everybody is busy: that is when it matters.
        double crowded = crowds.slowdown(model);
        if (nearest == null) {
            return crowded * known.all.perFrame;
        }
        Sums sums = known.byKind.get(nearest);
        double perFrame = sums == null ? known.all.perFrame : sums.perFrame;
        return crowded * perFrame * kind.pixels() / nearest.pixels();
    }

    /** Standard deviation of what chunks cost a frame, relative to the mean; 0 while at most one was measured. */
    double spread(String model, FrameKind kind) {
        Model known = byModel.get(model);
        if (known == null) {
            return 0;
        }
        FrameKind nearest = nearest(known, kind);
        Sums sums = nearest == null ? null : known.byKind.get(nearest);
        return (sums == null ? known.all : sums).spread();
    }

    /** The measured kind that tells most about this one, null when none does. */
    private static @Nullable FrameKind nearest(Model model, FrameKind kind) {
        if (kind.pixels() == 0 || model.byKind.isEmpty()) {
            return null;
        }
        FrameKind best = null;
        double least = Double.POSITIVE_INFINITY;
        for (FrameKind one : model.byKind.keySet()) {
            double away = Math.abs(Math.log((double) one.pixels() / kind.pixels()));
            // Of two kinds of the same size the one that travels as this does.
            away += one.transport().equals(kind.transport()) ? 0 : 1e-3;
            if (away < least) {
                least = away;
                best = one;
            }
        }
        return best;
    }
}
