package io.framequota.scheduler.dispatch;

import io.framequota.scheduler.policy.UsableCores;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many of the cores that a policy gives them jobs keep busy, by model. Between two decisions what each job was given and
 * what it had chunks for stays the same, so the sums are exact.
 *
 * <p>A job with a ready chunk could use more than it has: it waits for workers, not for its source. So what it can use is
 * what runs, waits and is ready, up to what it was given; what it took beyond that, since others left it, counts as well, as it
 * had to be decoded first. Not counted is the time before a job's first chunk and after its last one was granted:
 * no number of cores would have changed it.
 */
final class UtilizationEstimator {
    /** A limit leaves so much room above what was used that more would show. */
    private static final double HEADROOM = 1.1;
    /** From this part on everything given counts as used. Below 1 / {@link #HEADROOM}, or a limit would lift itself. */
    private static final double FULL = 0.95;
    /** Less time than that at one width says nothing. */
    private static final double ENOUGH_S = 5;
    /** At twice this time the sums are halved. */
    private static final double WINDOW_S = 30;
    /** A width that was not seen for so long is tried again: sources change. */
    private static final double STALE_S = 120;
    /** What is wider counts as this wide. */
    private static final int WIDEST = 256;
    /** An answer that differs by less than this is the same. */
    private static final double MOVED = 0.05;

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

    /** What one job was given and could use, until further notice. */
    private record Serving(Model model, Width width, double given, double usable) {}

    private final Map<String, Model> byModel = new TreeMap<>();
    private final List<Serving> serving = new ArrayList<>();
    private long sinceUs;
    private long moves;

    /** How often an answer has moved so far. */
    long moves() {
        return moves;
    }

    /**
     * A job that holds a share, after a decision.
     *
     * @param cores of its share
     * @param running workers that run something of it
     */
    void serve(TrackedJob job, double cores, int running) {
        if (cores < 1 - 1e-9 || job.readyAtUs == 0 || !job.mayBring()) {
            return;
        }
        Model model = byModel.computeIfAbsent(job.spec.model(), m -> new Model());
        Width width = model.widths.computeIfAbsent((int) Math.min(WIDEST, Math.round(cores)), w -> new Width());
        double usable = Math.min(cores, job.held + job.ready.size() + job.resting);
        serving.add(new Serving(model, width, cores, Math.max(running, usable)));
    }

    /** Time passed since the last decision; another one comes now. */
    void pass(long nowUs) {
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
        boolean same = busy == before || Math.abs(busy - before) <= MOVED * before;
        if (!same || Double.isInfinite(busy) != Double.isInfinite(before)) {
            model.answer = Double.isInfinite(busy) ? UsableCores.UNKNOWN : new UsableCores(name, busy);
            moves++;
        }
    }

    /** The widest width seen tells whether there is an end; where it is, the one at which most was used. */
    private static double busy(Model model) {
        double most = 0;
        boolean ends = false;
        for (Width width : model.widths.values()) {
            if (width.seconds >= ENOUGH_S) {
                most = Math.max(most, width.value().busy());
                ends = width.used < FULL * width.given;
            }
        }
        return ends && most > 0 ? most : Double.POSITIVE_INFINITY;
    }

    /** What jobs of a model can use. */
    UsableCores of(String model) {
        Model known = byModel.get(model);
        return known == null ? UsableCores.UNKNOWN : known.answer;
    }

    /**
     * Cores beyond which a job of a model leaves them idle, with some room; at least 1, since a worker's gaps are filled by
     * others' chunks anyway.
     */
    static double limit(UsableCores uptake) {
        return Math.max(1, HEADROOM * uptake.cores());
    }

    /** What an earlier leader saw: as much of it as shows an end, and no more, so that what is seen now prevails soon. */
    void recall(ModelProfile learnt, long nowUs) {
        Model model = byModel.computeIfAbsent(learnt.model(), m -> new Model());
        for (ModelProfile.Width seen : learnt.widths()) {
            if (seen.seconds() > 0 && seen.given() >= seen.seconds() * (1 - 1e-9)) {
                Width width = new Width();
                width.add(seen.seconds(), seen.given() / seen.seconds(), seen.used() / seen.seconds());
                width.scale(Math.min(1, ENOUGH_S / width.seconds));
                width.seenAtUs = nowUs;
                model.widths.put((int) Math.min(WIDEST, Math.round(seen.cores())), width);
            }
        }
        answer(learnt.model(), model, nowUs);
    }

    /** What was seen of a model. */
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
