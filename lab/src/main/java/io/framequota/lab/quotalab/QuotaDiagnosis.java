package io.framequota.lab.quotalab;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * What a program needs, derived from runs under several quotas.
 *
 * @param runs medians by quota, the smallest first, the run without a quota last
 * @param width processors that it keeps busy when nothing limits it
 * @param parallelFraction the part of its work that several processors share, by Amdahl's law from the run at 1000m and the run
 *     without a quota; 0 if it uses one processor
 * @param spinWaste the most additional processor time of a run, as a part of that of the run that needed least
 * @param recommendedMillicores the smallest measured quota that costs at most a tenth of the time without one
 * @param recommendedThreads as many as the recommended quota has processors, rounded up
 * @param reasons sentences that say why, for people
 */
public record QuotaDiagnosis(
        List<QuotaRun> runs,
        double width,
        double parallelFraction,
        double spinWaste,
        int recommendedMillicores,
        int recommendedThreads,
        List<String> reasons) {
    /** A limited run may take so much longer than one without a quota. */
    private static final double SLOWER = 1.1;
    /**
     * More processor time than this, beyond that of the run that needed least, counts as spinning. On virtual machines the processor time of
     * the same work was seen to differ by up to a third from run to run.
     */
    public static final double SPINS = 0.5;
    /** A program whose quota is used up in more of the periods than this is held back. */
    private static final double HELD_BACK = 0.1;

    private static final double MILLI = 1000;

    public QuotaDiagnosis {
        runs = List.copyOf(runs);
        reasons = List.copyOf(reasons);
    }

    /**
     * Judges runs.
     *
     * @param all at least one without a quota and one with; several for a quota count as their median by wall time
     */
    public static QuotaDiagnosis of(List<QuotaRun> all) {
        List<QuotaRun> runs = all.stream()
                .map(QuotaRun::millicores)
                .distinct()
                .sorted(Comparator.comparingInt(m -> m == 0 ? Integer.MAX_VALUE : m))
                .map(m -> median(all, m))
                .toList();
        QuotaRun free = runs.getLast();
        if (free.millicores() != 0 || runs.size() < 2) {
            throw new IllegalArgumentException("a run without a quota and one with are needed");
        }
        QuotaRun best = runs.stream()
                .filter(r -> r.millicores() > 0 && r.wallS() <= SLOWER * free.wallS())
                .findFirst()
                .orElse(runs.get(runs.size() - 2));
        double least = leastCpuS(runs);
        double waste = runs.stream()
                .mapToDouble(r -> least > 0 ? r.cpuS() / least - 1 : 0)
                .max()
                .orElse(0);
        int threads = Math.max(1, (int) Math.ceil(best.millicores() / MILLI));
        return new QuotaDiagnosis(
                runs,
                free.busyCores(),
                parallelFraction(runs, free),
                Math.max(0, waste),
                best.millicores(),
                threads,
                reasons(runs, free, best, waste, threads));
    }

    private static QuotaRun median(List<QuotaRun> all, int millicores) {
        List<QuotaRun> same = all.stream()
                .filter(r -> r.millicores() == millicores)
                .sorted(Comparator.comparingDouble(QuotaRun::wallS))
                .toList();
        return same.get(same.size() / 2);
    }

    /** Amdahl: with p of the work on n processors, time is (1 - p) + p / n of that on one. */
    private static double parallelFraction(List<QuotaRun> runs, QuotaRun free) {
        double one = runs.stream()
                .filter(r -> r.millicores() == MILLI)
                .mapToDouble(QuotaRun::wallS)
                .findFirst()
                .orElse(free.cpuS());
        double processors = Math.ceil(free.busyCores() - 0.05);
        if (processors < 2 || one <= 0) {
            return 0;
        }
        double fraction = (1 - free.wallS() / one) / (1 - 1 / processors);
        return Math.max(0, Math.min(1, fraction));
    }

    /** Seconds under a quota if no processor time is wasted: either the program's own pace or the quota limits it. */
    public double fluidS(int millicores) {
        QuotaRun free = runs.getLast();
        return millicores == 0 ? free.wallS() : Math.max(free.wallS(), leastCpuS(runs) * MILLI / millicores);
    }

    /** Processor seconds of the run that needed the fewest: what the work itself takes. */
    public static double leastCpuS(List<QuotaRun> runs) {
        return runs.stream().mapToDouble(QuotaRun::cpuS).min().orElse(0);
    }

    public boolean spins() {
        return spinWaste > SPINS;
    }

    private static List<String> reasons(List<QuotaRun> runs, QuotaRun free, QuotaRun best, double waste, int threads) {
        List<String> reasons = new ArrayList<>();
        reasons.add(String.format(
                Locale.ROOT,
                "Without a quota it keeps %.2f cores busy and takes %.3g s; %dm is the smallest measured quota with which it"
                        + " takes at most 10 %% longer (%.3g s).",
                free.busyCores(),
                free.wallS(),
                best.millicores(),
                best.wallS()));
        if (free.busyCores() < 1.1) {
            reasons.add("It uses one core, so more than 1000m cannot make it faster.");
        }
        runs.stream()
                .filter(r -> waste > SPINS)
                .max(Comparator.comparingDouble(QuotaRun::cpuS))
                .ifPresent(r -> reasons.add(String.format(
                        Locale.ROOT,
                        "It spins: %s it used %.2g times the processor time of the run that needed least. Threads that wait burn"
                                + " the time of those that work; use blocking waits, or as many threads as the quota has cores.",
                        r.millicores() == 0 ? "without a quota" : "under " + r.millicores() + "m",
                        1 + waste)));
        runs.stream()
                .filter(r -> r.millicores() > 0 && r.throttledPart() > HELD_BACK)
                .filter(r -> r.threads() > Math.ceil(r.millicores() / MILLI) && r.busyCores() > 0)
                .findFirst()
                .filter(r -> free.busyCores() > 1.1)
                .ifPresent(r -> reasons.add(String.format(
                        Locale.ROOT,
                        "Under %dm its threads use up the quota in %.0f %% of the periods and then all wait for the next one, up to"
                                + " 100 ms each time. %d %s at %dm.",
                        r.millicores(),
                        100 * r.throttledPart(),
                        threads,
                        threads == 1 ? "thread is enough" : "threads are enough",
                        best.millicores())));
        return reasons;
    }
}
