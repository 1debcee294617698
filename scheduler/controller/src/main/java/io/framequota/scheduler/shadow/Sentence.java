package io.framequota.scheduler.shadow;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a replay says, in one sentence. */
final class Sentence {
    /** A difference below this is none. */
    private static final double WORTH_SAYING = 0.01;

    /** @param policies replays, the least mean response first */
    static String of(Recording recording, List<Shadow.Replayed> policies) {
        String window = window(recording.hours());
        if (policies.isEmpty()) {
            return "no job came and succeeded in " + window + ", so there is nothing to compare";
        }
        // A policy that refuses looks good on those that it serves.
        Optional<Shadow.Replayed> best = policies.stream()
                .filter(p -> p.refused() == 0 && p.change() <= -WORTH_SAYING)
                .findFirst();
        String live = recording.live().name();
        return best.map(p -> String.format(
                        Locale.ROOT,
                        "%s would have cut mean response by %.0f %% in %s",
                        p.policy(),
                        -100 * p.change(),
                        window))
                .orElse("no policy would have cut mean response by 1 % or more in " + window + "; " + live
                        + " did well");
    }

    private static String window(double hours) {
        if (hours == 1) {
            return "the last hour";
        }
        return hours == Math.rint(hours)
                ? "the last " + (long) hours + " hours"
                : String.format(Locale.ROOT, "the last %.0f minutes", hours * 60);
    }

    private Sentence() {}
}
