package io.framequota.lab.quotalab;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What a program needs, derived from runs under several quotas.
 *
 * @param runs one for each quota, the smallest first, the run without a quota last
 */
public record QuotaDiagnosis(List<QuotaRun> runs) {
    /** A limited run may take so much longer than one without a quota. */
    private static final double SLOWER = 1.1;
    /**
     * More processor time than this, beyond that of the run that needed least, counts as spinning. On virtual machines the processor
     * time of the same work was seen to differ by up to a third from run to run.
     */
    private static final double SPINS = 0.5;
    /** A program whose quota is used up in more of the periods than this is held back. */
    private static final double HELD_BACK = 0.1;

    private static final double MILLI = 1000;

    public QuotaDiagnosis {
        runs = List.copyOf(runs);
        if (runs.size() < 2 || runs.getLast().millicores() != 0) {
            throw new IllegalArgumentException("a run without a quota and one with are needed");
        }
    }

    /** Judges runs in any order; several for a quota count as their median by wall time. */
    public static QuotaDiagnosis of(List<QuotaRun> all) {
        return new QuotaDiagnosis(all.stream()
                .map(QuotaRun::millicores)
                .distinct()
                .sorted(Comparator.comparingInt(m -> m == 0 ? Integer.MAX_VALUE : m))
                .map(m -> median(all, m))
                .toList());
    }

    private static QuotaRun median(List<QuotaRun> all, int millicores) {
        List<QuotaRun> same = all.stream()
                .filter(r -> r.millicores() == millicores)
                .sorted(Comparator.comparingDouble(QuotaRun::wallS))
                .toList();
        return same.get(same.size() / 2);
    }

    private QuotaRun free() {
        return runs.getLast();
    }

    private Stream<QuotaRun> limited() {
        return runs.stream().filter(r -> r.millicores() > 0);
    }

    /** Processors that the program keeps busy when nothing limits it. */
    public double width() {
        return free().busyCores();
    }

    /** Seconds on one core: those of the run at 1000m, or the processor time without a quota if there is none. */
    public double oneCoreS() {
        return limited()
                .filter(r -> r.millicores() == MILLI)
                .mapToDouble(QuotaRun::wallS)
                .findFirst()
                .orElse(free().cpuS());
    }

    /**
     * The part of the work that several processors share, 0 if the program uses one. By Amdahl's law: with p of the work on n
     * processors, time is (1 - p) + p / n of that on one.
     */
    public double parallelFraction() {
        double processors = Math.ceil(width() - 0.05);
        if (processors < 2 || oneCoreS() <= 0) {
            return 0;
        }
        double fraction = (1 - free().wallS() / oneCoreS()) / (1 - 1 / processors);
        return Math.max(0, Math.min(1, fraction));
    }

    /** Processor seconds of the run that needed the fewest: what the work itself takes. */
    public double leastCpuS() {
        return runs.stream().mapToDouble(QuotaRun::cpuS).min().orElseThrow();
    }

    private QuotaRun mostCpu() {
        return runs.stream().max(Comparator.comparingDouble(QuotaRun::cpuS)).orElseThrow();
    }

    /** The most additional processor time of a run, as a part of that of the run that needed least. */
    public double spinWaste() {
        return leastCpuS() > 0 ? mostCpu().cpuS() / leastCpuS() - 1 : 0;
    }

    public boolean spins() {
        return spinWaste() > SPINS;
    }

    /** Seconds under a quota if no processor time is wasted: either the program's own pace or the quota limits it. */
    public double fluidS(int millicores) {
        return millicores == 0 ? free().wallS() : Math.max(free().wallS(), leastCpuS() * MILLI / millicores);
    }

    private QuotaRun recommended() {
        return limited()
                .filter(r -> r.wallS() <= SLOWER * free().wallS())
                .findFirst()
                .orElse(runs.get(runs.size() - 2));
    }

    /** The smallest measured quota that costs at most a tenth of the time without one. */
    public int recommendedMillicores() {
        return recommended().millicores();
    }

    /** As many as the recommended quota has processors, rounded up. */
    public int recommendedThreads() {
        return Math.max(1, (int) Math.ceil(recommendedMillicores() / MILLI));
    }

    /** Sentences that say why, for people. */
    public List<String> reasons() {
        List<String> reasons = new ArrayList<>();
        reasons.add(String.format(
                Locale.ROOT,
                "Without a quota it keeps %.2f cores busy and takes %.3g s; %dm is the smallest measured quota with which it"
                        + " takes at most 10 %% longer (%.3g s).",
                width(),
                free().wallS(),
                recommendedMillicores(),
                recommended().wallS()));
        if (width() < 1.1) {
            reasons.add("It uses one core, so more than 1000m cannot make it faster.");
        }
        if (spins()) {
            int millicores = mostCpu().millicores();
            reasons.add(String.format(
                    Locale.ROOT,
                    "It spins: %s it used %.2g times the processor time of the run that needed least. Threads that wait burn"
                            + " the time of those that work; use blocking waits, or as many threads as the quota has cores.",
                    millicores == 0 ? "without a quota" : "under " + millicores + "m",
                    1 + spinWaste()));
        }
        limited()
                .filter(r -> r.throttledPart() > HELD_BACK)
                .filter(r -> r.threads() > Math.ceil(r.millicores() / MILLI) && r.busyCores() > 0)
                .findFirst()
                .filter(r -> width() > 1.1)
                .ifPresent(r -> reasons.add(String.format(
                        Locale.ROOT,
                        "Under %dm its threads use up the quota in %.0f %% of the periods and then all wait for the next one, up to"
                                + " 100 ms each time. %d %s at %dm.",
                        r.millicores(),
                        100 * r.throttledPart(),
                        recommendedThreads(),
                        recommendedThreads() == 1 ? "thread is enough" : "threads are enough",
                        recommendedMillicores())));
        return List.copyOf(reasons);
    }
}
