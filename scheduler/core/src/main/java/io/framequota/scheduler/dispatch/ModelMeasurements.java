package io.framequota.scheduler.dispatch;

import io.framequota.scheduler.policy.UsableCores;
import java.util.ArrayList;
import java.util.List;

/** What the dispatcher measures about models while their jobs run. */
final class ModelMeasurements {
    final ContentionEstimator contention = new ContentionEstimator();
    final CostEstimator costs = new CostEstimator(contention);
    final UtilizationEstimator utilization = new UtilizationEstimator();

    /** Starts from an earlier leader's measurements; new chunks refine them. */
    void recall(ModelProfile profile, long nowUs) {
        contention.recall(profile);
        costs.recall(profile);
        utilization.recall(profile, nowUs);
    }

    /**
     * The cores that a job can keep busy. A job whose packets travel has all its chunks within a moment: no decoder in
     * front of the workers limits it.
     */
    UsableCores usable(TrackedJob job) {
        return job.format().packets() ? UsableCores.UNKNOWN : utilization.of(job.descriptor.model());
    }

    /** Everything that was measured, ordered by model. */
    List<ModelProfile> profiles() {
        List<ModelProfile> profiles = new ArrayList<>();
        for (String model : costs.models()) {
            profiles.add(costs.profile(model, utilization.widths(model), contention.byBusyWorkers(model)));
        }
        return profiles;
    }

    /** A counter that grows when an estimate changes enough to change decisions. */
    long changes() {
        return costs.changes() + contention.changes() + utilization.changes();
    }
}
