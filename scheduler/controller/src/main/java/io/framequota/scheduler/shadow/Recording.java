package io.framequota.scheduler.shadow;

import io.framequota.scheduler.dispatch.Crowding;
import io.framequota.scheduler.dispatch.EndedJob;
import io.framequota.scheduler.dispatch.Learnt;
import io.framequota.scheduler.policy.ChosenPolicy;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What happened in a window of time.
 *
 * @param hours length of the window
 * @param fromUs its begin, microseconds since 1970
 * @param toUs its end
 * @param live the policy in force at its end
 * @param jobs that came and ended within it, in order of arrival
 * @param crowdings by model, how much slower its chunks go the more workers are busy
 */
public record Recording(
        double hours, long fromUs, long toUs, ChosenPolicy live, List<EndedJob> jobs, Map<String, Crowding> crowdings) {
    /** Of models of whose company nothing is known. */
    public Recording(double hours, long fromUs, long toUs, ChosenPolicy live, List<EndedJob> jobs) {
        this(hours, fromUs, toUs, live, jobs, Map.of());
    }

    /** The same with what was measured since. */
    public Recording with(List<Learnt> learnt) {
        return new Recording(
                hours,
                fromUs,
                toUs,
                live,
                jobs,
                learnt.stream().collect(Collectors.toMap(Learnt::model, l -> Crowding.of(l.crowds()))));
    }

    public Recording {
        jobs = jobs.stream()
                .sorted(Comparator.comparingLong(EndedJob::heardAtUs))
                .toList();
    }
}
