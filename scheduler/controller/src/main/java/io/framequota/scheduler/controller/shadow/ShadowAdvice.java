package io.framequota.scheduler.controller.shadow;

import java.util.List;
import java.util.Locale;

/**
 * The conclusion from a replay, in one sentence. There is no advice if the replay of the live policy differs from what was
 * measured, or if there were too few jobs; the sentence then says why.
 *
 * @param given whether the sentence is advice
 */
record ShadowAdvice(boolean given, String sentence) {
    /** The fewest jobs from which advice is drawn. */
    static final int FEWEST_JOBS = 10;
    /** The largest relative difference of the replayed mean from the measured one. */
    static final double TOLERANCE = 0.05;

    /** A smaller relative difference is not reported. */
    private static final double WORTH_SAYING = 0.01;

    /** For a recording without jobs. */
    static ShadowAdvice nothing(ShadowRecording recording) {
        return new ShadowAdvice(
                false,
                "no job came and succeeded in " + window(recording.hours()) + ", so there is nothing to compare");
    }

    /**
     * @param policies replays, lowest mean response first
     * @param jobs number of replayed jobs
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
        // A policy that refuses jobs looks good on the jobs that it serves.
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
