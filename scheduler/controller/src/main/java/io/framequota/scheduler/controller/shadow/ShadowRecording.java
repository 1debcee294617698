package io.framequota.scheduler.controller.shadow;

import io.framequota.scheduler.dispatch.ContentionCurve;
import io.framequota.scheduler.dispatch.EndedJob;
import io.framequota.scheduler.dispatch.ModelProfile;
import io.framequota.scheduler.policy.ConfiguredPolicy;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The jobs of a window of time.
 *
 * @param hours length of the window
 * @param fromUs its begin, microseconds since 1970
 * @param toUs its end
 * @param live the policy in force at its end
 * @param jobs that arrived and ended within it, in order of arrival
 * @param crowdings by model, how much its chunks slow down the more workers are busy
 */
public record ShadowRecording(
        double hours,
        long fromUs,
        long toUs,
        ConfiguredPolicy live,
        List<EndedJob> jobs,
        Map<String, ContentionCurve> crowdings) {
    /** Without measurements of crowding. */
    public ShadowRecording(double hours, long fromUs, long toUs, ConfiguredPolicy live, List<EndedJob> jobs) {
        this(hours, fromUs, toUs, live, jobs, Map.of());
    }

    /** With the crowding that the profiles contain. */
    public ShadowRecording with(List<ModelProfile> learnt) {
        return new ShadowRecording(
                hours,
                fromUs,
                toUs,
                live,
                jobs,
                learnt.stream()
                        .collect(Collectors.toMap(ModelProfile::model, l -> ContentionCurve.of(l.contention()))));
    }

    public ShadowRecording {
        jobs = jobs.stream()
                .sorted(Comparator.comparingLong(EndedJob::heardAtUs))
                .toList();
    }
}
