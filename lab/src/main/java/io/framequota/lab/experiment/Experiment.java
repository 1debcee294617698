package io.framequota.lab.experiment;

import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.policy.Speedup;
import io.framequota.scheduler.simulator.Workload;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One experiment as its file defines it.
 *
 * @param name of the experiment
 * @param description one sentence, may be empty
 * @param variant the value of the swept field; empty if no field is swept
 * @param seed seed of random workloads; repeat n uses seed + n - 1
 * @param cores of the experiment
 * @param budget millicores to share; one core of the experiment is budget / cores
 * @param scale factor for budget and sizes by backend; 1 if not given
 * @param actuators every policy runs under each of them
 * @param workload the arriving jobs or requests
 * @param workloadText the workload in words, for the report
 * @param speedup of every job over cores of the experiment
 * @param speedupText the speedup in words
 * @param simulation settings of the simulator
 * @param policies the policies to compare; empty if serving modes are compared
 * @param serving the serving modes to compare; empty if policies are compared
 * @param tolerance largest relative difference between a measured and a predicted mean that counts as agreement
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
        /** The last part of the field's name, which is the name of a contender's parameter if one is swept. */
        String parameter() {
            return field.substring(field.lastIndexOf('.') + 1);
        }

        @Override
        public String toString() {
            return field + " " + value;
        }
    }

    /** The same experiment under other actuators. */
    public Experiment under(List<ActuatorKind> others) {
        return with(others, workload, simulation);
    }

    /** The same experiment with jobs of known sizes, in chunks of {@code chunkS} CPU seconds. */
    public Experiment sized(Workload known, double chunkS) {
        return with(actuators, known, simulation.withChunks(chunkS));
    }

    /** The same experiment with the first jobs of its workload only. */
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

    /** The factor of a backend. */
    public double scaleOn(ExperimentBackend backend) {
        return scale.getOrDefault(backend, 1.0);
    }
}
