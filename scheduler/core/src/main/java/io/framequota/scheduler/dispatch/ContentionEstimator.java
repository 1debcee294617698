package io.framequota.scheduler.dispatch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Measures how much slower a model's frames are when several workers are busy at the same time. */
final class ContentionEstimator {
    /** At twice this number of frames the sums are halved, so that the latest chunks dominate. */
    private static final double WINDOW_FRAMES = 2_000;
    /** The weight of an earlier leader's measurement, at most. */
    private static final double RECALLED_FRAMES = 300;
    /** More busy workers than this count as this many. */
    private static final int MAX_WORKERS = 256;
    /** The slowdown in use changes only if the measured one differs from it by this fraction. */
    private static final double MIN_CHANGE = 0.05;

    private static final class Sums {
        double seconds;
        double frames;

        void add(double moreSeconds, double moreFrames) {
            if (frames > 2 * WINDOW_FRAMES) {
                seconds /= 2;
                frames /= 2;
            }
            seconds += moreSeconds;
            frames += moreFrames;
        }
    }

    private static final class Model {
        final TreeMap<Integer, Sums> byWorkers = new TreeMap<>();
        double slowdown = 1;
    }

    private final Map<String, Model> byModel = new TreeMap<>();
    private int busy;
    private double workerUs;
    private long sinceUs;
    private int available = 1;
    private long changes;

    /** How often a slowdown in use has changed. */
    long changes() {
        return changes;
    }

    /** A worker without grants got one. */
    void becameBusy(long nowUs) {
        advance(nowUs);
        busy++;
    }

    /** A worker has no grants any more. */
    void becameIdle(long nowUs) {
        advance(nowUs);
        busy--;
    }

    private void advance(long nowUs) {
        workerUs = workerUs(nowUs);
        sinceUs = nowUs;
    }

    /** Microseconds for which workers were busy, summed over workers. */
    double workerUs(long nowUs) {
        return workerUs + busy * (double) Math.max(0, nowUs - sinceUs);
    }

    /** Sets the number of workers that can be busy at the same time. */
    void available(int workers) {
        available = Math.max(1, workers);
    }

    /** Adds a chunk during which so many workers were busy on average. */
    void measured(String model, double workers, double coreSeconds, double frames) {
        if (coreSeconds <= 0 || frames <= 0 || !(workers > 0)) {
            return;
        }
        Model known = byModel.computeIfAbsent(model, m -> new Model());
        known.byWorkers
                .computeIfAbsent((int) Math.clamp(Math.round(workers), 1, MAX_WORKERS), w -> new Sums())
                .add(coreSeconds, frames);
        double now = ContentionCurve.of(byBusyWorkers(model)).at(available);
        if (Math.abs(now - known.slowdown) > MIN_CHANGE * known.slowdown) {
            known.slowdown = now;
            changes++;
        }
    }

    /** The slowdown of a model's chunks when every worker is busy, relative to the mean. Changes in steps. */
    double slowdown(String model) {
        Model known = byModel.get(model);
        return known == null ? 1 : known.slowdown;
    }

    /** Starts from an earlier leader's measurements. */
    void recall(ModelProfile profile) {
        for (ModelProfile.Contention measured : profile.contention()) {
            double part = Math.min(1, RECALLED_FRAMES / measured.frames());
            measured(profile.model(), measured.workers(), measured.coreSeconds() * part, measured.frames() * part);
        }
    }

    /** The measurements of a model, ordered by number of busy workers. */
    List<ModelProfile.Contention> byBusyWorkers(String model) {
        Model known = byModel.get(model);
        List<ModelProfile.Contention> measured = new ArrayList<>();
        if (known != null) {
            known.byWorkers.forEach(
                    (workers, s) -> measured.add(new ModelProfile.Contention(workers, s.seconds, s.frames)));
        }
        return measured;
    }
}
