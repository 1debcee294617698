package io.framequota.scheduler.controller.shadow;

import java.util.List;
import java.util.Locale;

/**
 * What a replay says, in one sentence. Where the replay of the policy that ran is not what happened, or too little happened to
 * tell, it gives no advice and says why.
 *
 * @param given whether it is advice
 */
record ShadowAdvice(boolean given, String sentence) {
    /** Fewer jobs than that tell nothing. */
    static final int FEWEST_JOBS = 10;
    /** The most by which the replayed mean may differ from the measured one. */
    static final double TOLERANCE = 0.05;

    /** A difference below this is none. */
    private static final double WORTH_SAYING = 0.01;

    /** Without any job. */
    static ShadowAdvice nothing(ShadowRecording recording) {
        return new ShadowAdvice(
                false,
                "no job came and succeeded in " + window(recording.hours()) + ", so there is nothing to compare");
    }

    /**
     * With some.
     *
     * @param policies replays, the least mean response first
     * @param jobs that were replayed
     */
    static ShadowAdvice of(
            ShadowRecording recording, ShadowReport.Live live, List<ShadowReport.Replayed> policies, int jobs) {
        String name = live.policy();
        String window = window(recording.hours());
        if (!live.decided().equals(List.of(name))) {
            return none("no job came and ended under " + name + " alone since another policy last decided in " + window
                    + " (jobs of that time ended under " + String.join(", ", live.decided()) + ")");
        }
        if (jobs < FEWEST_JOBS) {
            return none(String.format(
                    Locale.ROOT,
                    "%d %s under %s in %s; %d are needed",
                    jobs,
                    jobs == 1 ? "job ran" : "jobs ran",
                    name,
                    window,
                    FEWEST_JOBS));
        }
        double off = live.replayedMeanS() / live.measuredMeanS() - 1;
        if (Math.abs(off) > TOLERANCE) {
            return none(String.format(
                    Locale.ROOT,
                    "the replay of %s has a mean of %.3g s where %.3g s were measured (%+.0f %%), so it does not show what"
                            + " others would have done",
                    name,
                    live.replayedMeanS(),
                    live.measuredMeanS(),
                    100 * off));
        }
        // A policy that refuses looks good on those that it serves.
        return policies.stream()
                .filter(p -> p.refused() == 0 && p.change() <= -WORTH_SAYING)
                .findFirst()
                .map(p -> new ShadowAdvice(
                        true,
                        String.format(
                                Locale.ROOT,
                                "%s would have cut mean response by %.0f %% in %s",
                                p.policy(),
                                -100 * p.change(),
                                window)))
                .orElseGet(() -> new ShadowAdvice(
                        true,
                        "no policy would have cut mean response by 1 % or more in " + window + "; " + name
                                + " did well"));
    }

    private static ShadowAdvice none(String why) {
        return new ShadowAdvice(false, "no advice: " + why);
    }

    private static String window(double hours) {
        if (hours == 1) {
            return "the last hour";
        }
        return hours == Math.rint(hours)
                ? "the last " + (long) hours + " hours"
                : String.format(Locale.ROOT, "the last %.0f minutes", hours * 60);
    }
}
