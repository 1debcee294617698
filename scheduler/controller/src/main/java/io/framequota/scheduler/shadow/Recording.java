package io.framequota.scheduler.shadow;

import io.framequota.scheduler.dispatch.EndedJob;
import io.framequota.scheduler.policy.ChosenPolicy;
import java.util.Comparator;
import java.util.List;

/**
 * What happened in a window of time.
 *
 * @param hours length of the window
 * @param fromUs its begin, microseconds since 1970
 * @param toUs its end
 * @param live the policy in force at its end
 * @param jobs that came and ended within it, in order of arrival
 */
public record Recording(double hours, long fromUs, long toUs, ChosenPolicy live, List<EndedJob> jobs) {
    public Recording {
        jobs = jobs.stream()
                .sorted(Comparator.comparingLong(EndedJob::heardAtUs))
                .toList();
    }
}
