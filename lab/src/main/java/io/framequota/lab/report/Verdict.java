package io.framequota.lab.report;

import io.framequota.lab.experiment.ContenderResult;
import io.framequota.lab.experiment.Run;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Says in a sentence which policy has the lowest mean response, and by how much. */
final class Verdict {
    /** Means that are closer than this part are the same, whatever their intervals. */
    private static final double SAME = 0.01;

    /**
     * The sentence.
     *
     * @param results of one workload under one actuator
     * @param label the name of a result for people
     */
    static String of(List<ContenderResult> results, Function<ContenderResult, String> label) {
        List<ContenderResult> ranked = results.stream()
                .filter(r -> r.most(Run::refused) == 0)
                .sorted(Comparator.comparingDouble(ContenderResult::meanResponseS))
                .toList();
        String refusing = results.stream()
                .filter(r -> r.most(Run::refused) > 0)
                .map(r -> label.apply(r) + " refused " + NumberFormats.whole(r.median(Run::refused)))
                .collect(Collectors.joining(", "));
        String left =
                refusing.isEmpty() ? "" : " Not compared, because means leave out refused requests: " + refusing + ".";
        if (ranked.size() < 2) {
            return left.strip();
        }
        ContenderResult best = ranked.getFirst();
        List<ContenderResult> equal =
                ranked.stream().skip(1).takeWhile(r -> same(best, r)).toList();
        String what;
        if (equal.size() == ranked.size() - 1) {
            what = "No policy has a lower mean response than the others: all have about "
                    + NumberFormats.seconds(best.meanResponseS()) + ".";
        } else {
            String winners = equal.isEmpty()
                    ? label.apply(best) + " has the lowest mean response, "
                    : label.apply(best) + " and " + equal.stream().map(label).collect(Collectors.joining(", "))
                            + " have the lowest mean response, about ";
            ContenderResult next = ranked.get(equal.size() + 1);
            ContenderResult last = ranked.getLast();
            what = winners + NumberFormats.seconds(best.meanResponseS()) + ": " + less(best, next) + " than "
                    + label.apply(next)
                    + (last == next ? "." : ", and " + less(best, last) + " than " + label.apply(last) + ".");
        }
        return what + left;
    }

    private static String less(ContenderResult best, ContenderResult other) {
        return Math.round(100 * (1 - best.meanResponseS() / other.meanResponseS())) + " % less";
    }

    /** Whether two means cannot be told apart: they are close, or the interval of the differences of their runs has 0 in it. */
    private static boolean same(ContenderResult a, ContenderResult b) {
        if (b.meanResponseS() <= (1 + SAME) * a.meanResponseS()) {
            return true;
        }
        if (a.runs().size() != b.runs().size()) {
            return false;
        }
        // Runs with the same number have the same requests.
        List<Double> differences = IntStream.range(0, a.runs().size())
                .mapToObj(i -> b.runs().get(i).summary().meanS()
                        - a.runs().get(i).summary().meanS())
                .toList();
        return Interval.of(differences).filter(d -> d.low() <= 0).isPresent();
    }

    private Verdict() {}
}
