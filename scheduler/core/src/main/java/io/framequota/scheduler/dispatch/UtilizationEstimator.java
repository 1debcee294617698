package io.framequota.scheduler.dispatch;

import io.framequota.scheduler.policy.UsableCores;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Estimates by model how many of its granted cores a job keeps busy. Between two decisions a job's share and its number
 * of available chunks are constant, so the sums are exact.
 *
 * <p>A job with a ready chunk waits for workers, not for its source. So the cores that it can use are its running,
 * waiting and ready chunks, up to its share. Chunks that run beyond its share, on cores that others left idle, also
 * count. The time before a job's first chunk and after the grant of its last chunk does not count, because more cores
 * would not have helped. Jobs whose packets travel are not measured: workers decode them, so no decoder limits them.
 */
final class UtilizationEstimator {
    /** A limit is so many times the used cores, so that higher use becomes visible. */
    private static final double HEADROOM = 1.1;
    /**
     * From this fraction on, a share counts as fully used. Must be above 1 / {@link #HEADROOM}, otherwise a limit would
     * lift itself.
     */
    private static final double FULL = 0.95;
    /** A width needs so many seconds before it counts. */
    private static final double MIN_S = 5;
    /** At twice this time the sums are halved. */
    private static final double WINDOW_S = 30;
    /** A width is forgotten after so many seconds without a measurement, because sources change. */
    private static final double STALE_S = 120;
    /** Larger widths count as this width. */
    private static final int MAX_WIDTH = 256;
    /** The estimate changes only if the measured one differs from it by this fraction. */
    private static final double MIN_CHANGE = 0.05;

    private static final class Width {
        double seconds;
        double given;
        double used;
        long seenAtUs;

        void add(double forS, double cores, double usable) {
            if (seconds > 2 * WINDOW_S) {
                scale(0.5);
            }
            seconds += forS;
            given += forS * cores;
            used += forS * usable;
        }

        void scale(double by) {
            seconds *= by;
            given *= by;
            used *= by;
        }

        ModelProfile.Width value() {
            return new ModelProfile.Width(seconds, given, used);
        }
    }

    private static final class Model {
        final TreeMap<Integer, Width> widths = new TreeMap<>();
        UsableCores answer = UsableCores.UNKNOWN;
    }

    /** The cores that one job was granted and could use since the latest decision. */
    private record Serving(Model model, Width width, double given, double usable) {}

    private final Map<String, Model> byModel = new TreeMap<>();
    private final List<Serving> serving = new ArrayList<>();
    private long sinceUs;
    private long changes;

    /** How often an estimate has changed. */
    long changes() {
        return changes;
    }

    /** Whether a job with a share of so many cores is measured. */
    static boolean measures(TrackedJob job, double cores) {
        return cores >= 1 - 1e-9 && !job.format().packets() && job.readyAtUs > 0 && job.mayBring();
    }

    /**
     * Records a job that is measured, after a decision.
     *
     * @param cores its share
     * @param running workers that run one of its chunks
     */
    void serve(TrackedJob job, double cores, int running) {
        Model model = byModel.computeIfAbsent(job.descriptor.model(), m -> new Model());
        Width width = model.widths.computeIfAbsent((int) Math.min(MAX_WIDTH, Math.round(cores)), w -> new Width());
        double usable = Math.min(cores, job.held + job.ready.size() + job.resting);
        serving.add(new Serving(model, width, cores, Math.max(running, usable)));
    }

    /** Adds the time since the latest decision. Called before the next one. */
    void advance(long nowUs) {
        double seconds = (nowUs - sinceUs) / 1e6;
        for (Serving one : serving) {
            one.width.add(seconds, one.given, one.usable);
            one.width.seenAtUs = nowUs;
        }
        serving.clear();
        sinceUs = nowUs;
        byModel.forEach((name, model) -> answer(name, model, nowUs));
    }

    private void answer(String name, Model model, long nowUs) {
        model.widths.values().removeIf(w -> nowUs - w.seenAtUs > STALE_S * 1e6);
        double busy = busy(model);
        double before = model.answer.cores();
        boolean same = busy == before || Math.abs(busy - before) <= MIN_CHANGE * before;
        if (!same || Double.isInfinite(busy) != Double.isInfinite(before)) {
            model.answer = Double.isInfinite(busy) ? UsableCores.UNKNOWN : new UsableCores(name, busy);
            changes++;
        }
    }

    /** The widest measured width shows whether there is a limit; the limit is the highest use at any width. */
    private static double busy(Model model) {
        double most = 0;
        boolean limited = false;
        for (Width width : model.widths.values()) {
            if (width.seconds >= MIN_S) {
                most = Math.max(most, width.value().busy());
                limited = width.used < FULL * width.given;
            }
        }
        return limited && most > 0 ? most : Double.POSITIVE_INFINITY;
    }

    /** The cores that jobs of a model can use. */
    UsableCores of(String model) {
        Model known = byModel.get(model);
        return known == null ? UsableCores.UNKNOWN : known.answer;
    }

    /**
     * The limit of a job in cores: its usable cores plus headroom, at least 1. A lower limit would gain nothing,
     * because other jobs' chunks fill the gaps of a worker.
     */
    static double limit(UsableCores usable) {
        return Math.max(1, HEADROOM * usable.cores());
    }

    /**
     * Starts from an earlier leader's measurements, with the smallest weight that counts, so that new ones soon
     * dominate.
     */
    void recall(ModelProfile profile, long nowUs) {
        Model model = byModel.computeIfAbsent(profile.model(), m -> new Model());
        for (ModelProfile.Width seen : profile.widths()) {
            if (seen.seconds() > 0 && seen.given() >= seen.seconds() * (1 - 1e-9)) {
                Width width = new Width();
                width.add(seen.seconds(), seen.given() / seen.seconds(), seen.used() / seen.seconds());
                width.scale(Math.min(1, MIN_S / width.seconds));
                width.seenAtUs = nowUs;
                model.widths.put((int) Math.min(MAX_WIDTH, Math.round(seen.cores())), width);
            }
        }
        answer(profile.model(), model, nowUs);
    }

    /** The measurements of a model, narrowest width first. */
    List<ModelProfile.Width> widths(String model) {
        Model known = byModel.get(model);
        return known == null
                ? List.of()
                : known.widths.values().stream()
                        .filter(w -> w.seconds > 0)
                        .map(Width::value)
                        .toList();
    }
}
