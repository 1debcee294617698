package io.framequota.scheduler.dispatch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts the workers that compute at once, and how long frames take then, by model. */
final class ContentionEstimator {
    /** At twice as many the sums are halved, so that the latest chunks count. */
    private static final double WINDOW_FRAMES = 2_000;
    /** What an earlier leader measured counts as this many frames at most. */
    private static final double RECALLED_FRAMES = 300;
    /** More workers at once than this count as this many. */
    private static final int MOST = 256;
    /** An answer that differs by less than this is the same. */
    private static final double MOVED = 0.05;

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
        ContentionCurve crowding = ContentionCurve.NONE;
        double slowdown = 1;
    }

    private final Map<String, Model> byModel = new TreeMap<>();
    private int busy;
    private double workerUs;
    private long sinceUs;
    private int all = 1;
    private long moves;

    /** How often an answer has moved so far. */
    long moves() {
        return moves;
    }

    /** A worker that held nothing holds something. */
    void taken(long nowUs) {
        pass(nowUs);
        busy++;
    }

    /** A worker holds nothing any more. */
    void freed(long nowUs) {
        pass(nowUs);
        busy--;
    }

    private void pass(long nowUs) {
        workerUs = workerUs(nowUs);
        sinceUs = nowUs;
    }

    /** Microseconds that workers have held something, summed over them. */
    double workerUs(long nowUs) {
        return workerUs + busy * (double) Math.max(0, nowUs - sinceUs);
    }

    /** So many workers are there to be busy at once. */
    void all(int workers) {
        all = Math.max(1, workers);
    }

    /** A chunk took so long while so many workers were busy on average. */
    void measured(String model, double workers, double coreSeconds, double frames) {
        if (coreSeconds <= 0 || frames <= 0 || !(workers > 0)) {
            return;
        }
        Model known = byModel.computeIfAbsent(model, m -> new Model());
        known.byWorkers
                .computeIfAbsent((int) Math.clamp(Math.round(workers), 1, MOST), w -> new Sums())
                .add(coreSeconds, frames);
        known.crowding = ContentionCurve.of(crowds(model));
        double now = known.crowding.at(all);
        if (Math.abs(now - known.slowdown) > MOVED * known.slowdown) {
            known.slowdown = now;
            moves++;
        }
    }

    /** Slowdown of a model's chunks when every worker is busy; moves in steps, so that estimates do not tremble. */
    double slowdown(String model) {
        Model known = byModel.get(model);
        return known == null ? 1 : known.slowdown;
    }

    /** What an earlier leader measured. */
    void recall(ModelProfile learnt) {
        for (ModelProfile.Crowd crowd : learnt.crowds()) {
            double part = Math.min(1, RECALLED_FRAMES / crowd.frames());
            measured(learnt.model(), crowd.workers(), crowd.coreSeconds() * part, crowd.frames() * part);
        }
    }

    /** What was measured of a model, by number of workers. */
    List<ModelProfile.Crowd> crowds(String model) {
        Model known = byModel.get(model);
        List<ModelProfile.Crowd> crowds = new ArrayList<>();
        if (known != null) {
            known.byWorkers.forEach((workers, s) -> crowds.add(new ModelProfile.Crowd(workers, s.seconds, s.frames)));
        }
        return crowds;
    }
}
