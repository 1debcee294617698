package io.framequota.scheduler.controller.shadow;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A recording beside its replays, each with what was known at each moment. Differences compare replays with one another, so
 * that what the replay does not know of (transport) is on both sides.
 *
 * @param hours length of the window
 * @param fromUs its begin, microseconds since 1970
 * @param toUs its end
 * @param jobs that came and ended within it
 * @param replayed the latest of them, that were replayed
 * @param cores that they were replayed on
 * @param live the policy in force and how it did, null when there is nothing to replay
 * @param policies replays by policy, the least mean response first, the live one among them
 * @param advice whether the sentence may be acted upon: the replay of the policy that ran is what happened
 * @param sentence what it says, for people; without advice why there is none
 */
public record ShadowReport(
        double hours,
        long fromUs,
        long toUs,
        int jobs,
        int replayed,
        double cores,
        @Nullable Live live,
        List<Replayed> policies,
        boolean advice,
        String sentence) {
    public ShadowReport {
        policies = List.copyOf(policies);
    }

    /**
     * The policy in force.
     *
     * @param policy canonical name
     * @param measuredMeanS mean response of the replayed jobs, as it was
     * @param replayedMeanS the same in the replay
     * @param decided names of the policies that were in force when those jobs ended; the measured mean is theirs
     */
    public record Live(String policy, double measuredMeanS, double replayedMeanS, List<String> decided) {
        public Live {
            decided = List.copyOf(decided);
        }
    }

    /**
     * One policy's replay.
     *
     * @param policy canonical name
     * @param meanResponseS of the jobs that it served
     * @param p99S of the same
     * @param refused jobs that it would not have served
     * @param change of the mean against the replay of the live policy, -0.31 for 31 % less
     */
    public record Replayed(String policy, double meanResponseS, double p99S, int refused, double change) {}
}
