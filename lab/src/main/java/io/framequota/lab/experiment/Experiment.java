package io.framequota.lab.experiment;

import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.policy.Speedup;
import io.framequota.scheduler.simulator.Workload;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One experiment, as its file says.
 *
 * @param name of the experiment
 * @param description one sentence, may be empty
 * @param variant of a swept experiment: the value of the swept field in this one
 * @param seed of random workloads; the n-th repeat uses the n-th seed from here on
 * @param cores of the experiment
 * @param budget millicores to share; one core of the experiment is budget / cores
 * @param scale by which budget and sizes are multiplied in a home, 1 where none is given
 * @param actuators every policy runs under each
 * @param workload what arrives
 * @param workloadText the workload in words, for the report
 * @param speedup of every job over cores of the experiment
 * @param speedupText the speedup in words
 * @param simulation what the simulator models
 * @param policies to compare; none when ways of serving are compared
 * @param serving when ways of serving are compared
 * @param tolerance relative difference between measured and predicted that counts as agreement
 */
public record Experiment(
        String name,
        String description,
        Optional<Variant> variant,
        long seed,
        int cores,
        int budget,
        Map<ExperimentBackend, Double> scale,
        List<ActuatorKind> actuators,
        Workload workload,
        String workloadText,
        Speedup speedup,
        String speedupText,
        SimulationSettings simulation,
        List<ConfiguredPolicy> policies,
        Optional<ServingComparison> serving,
        double tolerance) {

    /** One value of a swept field. */
    public record Variant(String field, String value) {
        /** The last name of the field: what a contender's parameter is called when it is swept. */
        String parameter() {
            return field.substring(field.lastIndexOf('.') + 1);
        }

        @Override
        public String toString() {
            return field + " " + value;
        }
    }

    /** The same under other actuators. */
    public Experiment under(List<ActuatorKind> others) {
        return with(others, workload, simulation);
    }

    /** The same with jobs whose sizes are known, in chunks of so many CPU seconds. */
    public Experiment sized(Workload known, double chunkS) {
        return with(actuators, known, simulation.withChunks(chunkS));
    }

    /** The same with no more than the first so many jobs. */
    public Experiment firstJobs(int jobs) {
        return with(actuators, workload.first(jobs), simulation);
    }

    private Experiment with(List<ActuatorKind> others, Workload jobs, SimulationSettings model) {
        return new Experiment(
                name,
                description,
                variant,
                seed,
                cores,
                budget,
                scale,
                others,
                jobs,
                workloadText,
                speedup,
                speedupText,
                model,
                policies,
                serving,
                tolerance);
    }

    /** The factor in a home. */
    public double scaleOn(ExperimentBackend backend) {
        return scale.getOrDefault(backend, 1.0);
    }
}
