package io.framequota.scheduler.dispatch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Core-seconds per frame by model and frame kind, measured on finished chunks. An estimate changes only after the
 * measured mean has changed by a tenth, so that shares do not change with every chunk.
 *
 * <p>If a kind was not measured, its cost is derived from the measured kind of the same model that is nearest in size,
 * in proportion to the pixels.
 */
final class CostEstimator {
    /** The cost before any chunk of a model has finished. All its jobs then compare by frames. */
    private static final double UNMEASURED = 0.05;

    /** The estimate changes only if the measured mean differs from it by this fraction. */
    private static final double MIN_CHANGE = 0.1;
    /** At twice this number of frames the sums are halved, so that the latest chunks dominate. */
    private static final double WINDOW_FRAMES = 20_000;
    /** The same for the recent cost. */
    private static final double RECENT_FRAMES = 400;
    /** The weight of an earlier leader's measurement, at most: this leader may have other machines. */
    private static final double RECALLED_FRAMES = 500;
    /** The most kinds kept per model; the least recently measured one is dropped first. */
    private static final int MAX_KINDS = 32;

    private static final class Sums {
        double seconds;
        double frames;
        /** Sum over chunks of frames times (seconds per frame)². */
        double squares;

        double recentSeconds;
        double recentFrames;

        double perFrame = UNMEASURED;
        boolean measured;

        double recentPerFrame() {
            return recentFrames > 0 ? recentSeconds / recentFrames : perFrame;
        }

        /** Adds a measurement; returns whether the estimate changed. */
        boolean add(double moreSeconds, double moreFrames, double moreSquares) {
            if (frames > 2 * WINDOW_FRAMES) {
                seconds /= 2;
                frames /= 2;
                squares /= 2;
            }
            if (recentFrames > 2 * RECENT_FRAMES) {
                recentSeconds /= 2;
                recentFrames /= 2;
            }
            recentSeconds += moreSeconds;
            recentFrames += moreFrames;
            seconds += moreSeconds;
            frames += moreFrames;
            squares += moreSquares;
            double mean = seconds / frames;
            if (measured && Math.abs(mean - perFrame) <= MIN_CHANGE * perFrame) {
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
        /** Ordered by the latest measurement, not by access: a query must not change which kind is dropped. */
        final Map<FrameKind, Sums> byKind = new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<FrameKind, Sums> eldest) {
                return size() > MAX_KINDS;
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
    private final ContentionEstimator contention;
    private long changes;

    CostEstimator(ContentionEstimator contention) {
        this.contention = contention;
    }

    /** How often an estimate has changed. */
    long changes() {
        return changes;
    }

    /** Adds a finished chunk. */
    void measured(String model, FrameKind kind, double coreSeconds, double frames) {
        add(model, kind, coreSeconds, frames, frames > 0 ? coreSeconds * coreSeconds / frames : 0);
    }

    private void add(String model, FrameKind kind, double coreSeconds, double frames, double squares) {
        if (coreSeconds <= 0 || frames <= 0) {
            return;
        }
        Model known = byModel.computeIfAbsent(model, m -> new Model());
        boolean changed = known.all.add(coreSeconds, frames, squares);
        if (kind.pixels() > 0) {
            changed |= known.add(kind, coreSeconds, frames, squares);
        }
        changes += changed ? 1 : 0;
    }

    /** Starts from a known cost; chunks refine it. */
    void known(String model, double perFrame) {
        measured(model, FrameKind.UNKNOWN, perFrame, 1);
    }

    /** Starts from an earlier leader's measurements; chunks refine them. */
    void recall(ModelProfile profile) {
        double kinds = 0;
        double part = Math.min(1, RECALLED_FRAMES / profile.frames());
        for (ModelProfile.Cost cost : profile.costs()) {
            kinds += cost.frames();
            add(profile.model(), cost.kind(), cost.coreSeconds() * part, cost.frames() * part, cost.squares() * part);
        }
        // Frames of unknown kind.
        double rest = profile.frames() - kinds;
        if (rest > 0) {
            double seconds = profile.coreSeconds()
                    - profile.costs().stream()
                            .mapToDouble(ModelProfile.Cost::coreSeconds)
                            .sum();
            add(profile.model(), FrameKind.UNKNOWN, seconds * part, rest * part, seconds * seconds / rest * part);
        }
    }

    /** Names of the models of which a chunk was measured, in order. */
    Set<String> models() {
        return byModel.keySet();
    }

    /** The profile of one of {@link #models}. */
    ModelProfile profile(String name, List<ModelProfile.Width> widths, List<ModelProfile.Contention> contended) {
        Model model = Objects.requireNonNull(byModel.get(name));
        List<ModelProfile.Cost> costs = new ArrayList<>(model.byKind.size());
        model.byKind.forEach(
                (kind, sums) -> costs.add(new ModelProfile.Cost(kind, sums.seconds, sums.frames, sums.squares)));
        return new ModelProfile(name, model.all.seconds, model.all.frames, widths, costs, contended);
    }

    /** Whether a chunk of this model was measured. */
    boolean isMeasured(String model) {
        return byModel.containsKey(model);
    }

    /** The recent cost of a frame, for forecasts. Follows the latest chunks without steps. */
    double recentPerFrame(String model, FrameKind kind) {
        Model known = byModel.get(model);
        if (known == null) {
            return UNMEASURED;
        }
        FrameKind nearest = nearest(known, kind);
        Sums sums = nearest == null ? null : known.byKind.get(nearest);
        return nearest == null || sums == null
                ? known.all.recentPerFrame()
                : sums.recentPerFrame() * kind.pixels() / nearest.pixels();
    }

    /** The mean cost of a frame of any kind. */
    double perFrame(String model) {
        return perFrame(model, FrameKind.UNKNOWN);
    }

    /** The cost of a frame when every worker is busy, which is when estimates matter. */
    double perFrame(String model, FrameKind kind) {
        Model known = byModel.get(model);
        if (known == null) {
            return UNMEASURED;
        }
        FrameKind nearest = nearest(known, kind);
        double slowdown = contention.slowdown(model);
        if (nearest == null) {
            return slowdown * known.all.perFrame;
        }
        Sums sums = known.byKind.get(nearest);
        double perFrame = sums == null ? known.all.perFrame : sums.perFrame;
        return slowdown * perFrame * kind.pixels() / nearest.pixels();
    }

    /** Standard deviation of the cost per frame over chunks, relative to the mean; 0 for at most one chunk. */
    double spread(String model, FrameKind kind) {
        Model known = byModel.get(model);
        if (known == null) {
            return 0;
        }
        FrameKind nearest = nearest(known, kind);
        Sums sums = nearest == null ? null : known.byKind.get(nearest);
        return (sums == null ? known.all : sums).spread();
    }

    /** The measured kind that is most similar to this one, null if there is none. */
    private static @Nullable FrameKind nearest(Model model, FrameKind kind) {
        if (kind.pixels() == 0 || model.byKind.isEmpty()) {
            return null;
        }
        FrameKind best = null;
        double least = Double.POSITIVE_INFINITY;
        for (FrameKind one : model.byKind.keySet()) {
            double away = Math.abs(Math.log((double) one.pixels() / kind.pixels()));
            // Among kinds of the same size, prefer the one with the same transport.
            away += one.transport().equals(kind.transport()) ? 0 : 1e-3;
            if (away < least) {
                least = away;
                best = one;
            }
        }
        return best;
    }
}
