package io.framequota.scheduler.controller.shadow;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The replays of a recording. Differences compare one replay with another, so that what replays ignore (transport) is missing on
 * both sides.
 *
 * @param jobs number of jobs that arrived and ended within the window
 * @param replayed number of the latest of them, which were replayed
 * @param cores of the replayed workers
 * @param live the policy in force, measured and replayed; null if there is nothing to replay
 * @param policies replays by policy, lowest mean response first, including the live policy
 * @param advice whether the sentence is advice: the replay of the live policy agrees with what was measured
 * @param sentence the conclusion for people; without advice the reason why there is none
 */
public record ShadowReport(
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
     * @param measuredMeanS mean response of the replayed jobs in the live system
     * @param replayedMeanS their mean response in the replay
     * @param decided names of the policies in force when these jobs ended, to which the measured mean belongs
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
     * @param p99S 99th percentile of their responses
     * @param refused number of jobs that it would have refused
     * @param change relative difference of the mean to the replay of the live policy, -0.31 for 31 % less
     */
    public record Replayed(String policy, double meanResponseS, double p99S, int refused, double change) {}
}
