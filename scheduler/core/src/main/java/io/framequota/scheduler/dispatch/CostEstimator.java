package io.framequota.scheduler.dispatch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Core-seconds per frame by model and frame format, measured on finished chunks. An estimate changes only after the
 * measured mean has changed by a tenth, so that shares do not change with every chunk.
 *
 * <p>If a format was not measured, its cost is derived from the nearest measured format of the same model, in proportion
 * to the pixels that the model computes on. With packets a frame's cost includes its decoding; that part is not scaled,
 * and it is missing if only decoded frames were measured. A job's own chunks correct it soon.
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
    /** The least cost is that of the cheapest of so many latest chunks. */
    private static final int LATEST_CHUNKS = 32;
    /** The weight of an earlier leader's measurement, at most: this leader may have other machines. */
    private static final double RECALLED_FRAMES = 500;
    /** The most formats kept per model; the least recently measured one is dropped first. */
    private static final int MAX_FORMATS = 32;

    private static final class Sums {
        double seconds;
        double frames;
        /** Sum over chunks of frames times (seconds per frame)². */
        double squares;

        double recentSeconds;
        double recentFrames;

        double perFrame = UNMEASURED;
        boolean measured;
        /** Cost per frame of the latest chunks that this leader saw, oldest first. */
        final ArrayDeque<Double> latest = new ArrayDeque<>();

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

        void chunk(double cost) {
            if (latest.size() == LATEST_CHUNKS) {
                latest.removeFirst();
            }
            latest.add(cost);
        }

        double least() {
            return latest.isEmpty() ? 0 : Collections.min(latest);
        }

        double spread() {
            double mean = seconds / frames;
            return mean > 0 ? Math.sqrt(Math.max(0, squares / frames - mean * mean)) / mean : 0;
        }
    }

    private static final class Model {
        final Sums all = new Sums();
        /** Ordered by the latest measurement, not by access: a query must not change which format is dropped. */
        final Map<FrameFormat, Sums> byFormat = new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<FrameFormat, Sums> eldest) {
                return size() > MAX_FORMATS;
            }
        };

        boolean add(FrameFormat format, double seconds, double frames, double squares) {
            Sums known = byFormat.remove(format);
            Sums sums = known == null ? new Sums() : known;
            byFormat.put(format, sums);
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
    void measured(String model, FrameFormat format, double coreSeconds, double frames) {
        add(model, format, coreSeconds, frames, frames > 0 ? coreSeconds * coreSeconds / frames : 0);
        Model known = byModel.get(model);
        if (known != null && coreSeconds > 0 && frames > 0) {
            known.all.chunk(coreSeconds / frames);
            Sums sums = known.byFormat.get(format);
            if (sums != null) {
                sums.chunk(coreSeconds / frames);
            }
        }
    }

    private void add(String model, FrameFormat format, double coreSeconds, double frames, double squares) {
        if (coreSeconds <= 0 || frames <= 0) {
            return;
        }
        Model known = byModel.computeIfAbsent(model, m -> new Model());
        boolean changed = known.all.add(coreSeconds, frames, squares);
        if (format.pixels() > 0) {
            changed |= known.add(format, coreSeconds, frames, squares);
        }
        changes += changed ? 1 : 0;
    }

    /** Starts from a known cost; chunks refine it. */
    void known(String model, double perFrame) {
        measured(model, FrameFormat.UNKNOWN, perFrame, 1);
    }

    /** Starts from an earlier leader's measurements; chunks refine them. */
    void recall(ModelProfile profile) {
        double known = 0;
        double part = Math.min(1, RECALLED_FRAMES / profile.frames());
        for (ModelProfile.Cost cost : profile.costs()) {
            known += cost.frames();
            add(profile.model(), cost.format(), cost.coreSeconds() * part, cost.frames() * part, cost.squares() * part);
        }
        // Frames of unknown format.
        double rest = profile.frames() - known;
        if (rest > 0) {
            double seconds = profile.coreSeconds()
                    - profile.costs().stream()
                            .mapToDouble(ModelProfile.Cost::coreSeconds)
                            .sum();
            add(profile.model(), FrameFormat.UNKNOWN, seconds * part, rest * part, seconds * seconds / rest * part);
        }
    }

    /** Names of the models of which a chunk was measured, in order. */
    Set<String> models() {
        return byModel.keySet();
    }

    /** The profile of one of {@link #models}. */
    ModelProfile profile(String name, List<ModelProfile.Width> widths, List<ModelProfile.Contention> contended) {
        Model model = Objects.requireNonNull(byModel.get(name));
        List<ModelProfile.Cost> costs = new ArrayList<>(model.byFormat.size());
        model.byFormat.forEach(
                (format, sums) -> costs.add(new ModelProfile.Cost(format, sums.seconds, sums.frames, sums.squares)));
        return new ModelProfile(name, model.all.seconds, model.all.frames, widths, costs, contended);
    }

    /** Whether a chunk of this model was measured. */
    boolean isMeasured(String model) {
        return byModel.containsKey(model);
    }

    /** The recent cost of a frame, for forecasts. Follows the latest chunks without steps. */
    double recentPerFrame(String model, FrameFormat format) {
        Model known = byModel.get(model);
        if (known == null) {
            return UNMEASURED;
        }
        FrameFormat nearest = nearest(known, format);
        Sums sums = nearest == null ? null : known.byFormat.get(nearest);
        return nearest == null || sums == null
                ? known.all.recentPerFrame()
                : sums.recentPerFrame() * format.pixels() / nearest.pixels();
    }

    /** The mean cost of a frame of any format. */
    double perFrame(String model) {
        return perFrame(model, FrameFormat.UNKNOWN);
    }

    /** The cost of a frame when every worker is busy, which is when estimates matter. */
    double perFrame(String model, FrameFormat format) {
        Model known = byModel.get(model);
        if (known == null) {
            return UNMEASURED;
        }
        FrameFormat nearest = nearest(known, format);
        double slowdown = contention.slowdown(model);
        if (nearest == null) {
            return slowdown * known.all.perFrame;
        }
        Sums sums = known.byFormat.get(nearest);
        double perFrame = sums == null ? known.all.perFrame : sums.perFrame;
        return slowdown * perFrame * format.pixels() / nearest.pixels();
    }

    /**
     * The cost of a frame in the cheapest of the latest chunks: a chunk beside other work takes longer, and none takes
     * less than its CPU time. 0 before this leader saw a chunk of the model; what an earlier leader measured may be
     * from other machines.
     */
    double leastPerFrame(String model, FrameFormat format) {
        Model known = byModel.get(model);
        if (known == null) {
            return 0;
        }
        FrameFormat nearest = nearest(known, format);
        Sums sums = nearest == null ? null : known.byFormat.get(nearest);
        return nearest == null || sums == null || sums.latest.isEmpty()
                ? known.all.least()
                : sums.least() * format.scaleOf(nearest);
    }

    /**
     * Standard deviation of the cost per frame over chunks, relative to the mean; 0 for at most one chunk. For a format
     * that was not measured, at least the spread over all formats of the model.
     */
    double spread(String model, FrameFormat format) {
        Model known = byModel.get(model);
        if (known == null) {
            return 0;
        }
        FrameFormat nearest = nearest(known, format);
        Sums sums = nearest == null ? null : known.byFormat.get(nearest);
        if (sums == null) {
            return known.all.spread();
        }
        return format.equals(nearest) ? sums.spread() : Math.max(sums.spread(), known.all.spread());
    }

    /** The measured format that is most similar to this one, null if there is none. */
    private static @Nullable FrameFormat nearest(Model model, FrameFormat format) {
        if (format.pixels() == 0 || model.byFormat.containsKey(format)) {
            return format.pixels() == 0 ? null : format;
        }
        FrameFormat best = null;
        double least = Double.POSITIVE_INFINITY;
        for (FrameFormat one : model.byFormat.keySet()) {
            double away = one.distance(format);
            if (away < least) {
                least = away;
                best = one;
            }
        }
        return best;
    }
}
