package io.framequota.lab.worker;

import io.framequota.lab.experiment.ActuatorKind;
import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.ExperimentBackend;
import io.framequota.lab.experiment.InvalidExperimentException;
import io.framequota.lab.experiment.PolicyRunner;
import io.framequota.lab.experiment.ResponsePredictor;
import io.framequota.lab.experiment.Run;
import io.framequota.lab.experiment.Summaries;
import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.policy.Speedup;
import io.framequota.scheduler.quota.LimitStore;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/** Runs policies on the workers of a backend. Closing the runner closes the backend. */
public final class BurnerPolicyRunner implements PolicyRunner {
    /** More jobs would take hours, and every arrival is kept in memory. */
    private static final int MOST_JOBS = 10_000;

    private final WorkerBackend backend;
    private final ResponsePredictor predictor;
    private final Set<ActuatorKind> rehearsed = EnumSet.noneOf(ActuatorKind.class);

    public BurnerPolicyRunner(WorkerBackend backend, ResponsePredictor predictor) {
        this.backend = backend;
        this.predictor = predictor;
    }

    /**
     * Checks that an experiment can run on real cores.
     *
     * @throws InvalidExperimentException if it cannot
     */
    public static void check(Experiment experiment, List<ActuatorKind> actuators, ExperimentBackend backend) {
        if (actuators.contains(ActuatorKind.GPU_TIME)) {
            throw new InvalidExperimentException(experiment.name()
                    + ": actuator: gpu-time divides the compute time of an inference server, and these workers have"
                    + " none; allowed: --on simulator");
        }
        if (experiment.workload().count() > MOST_JOBS) {
            throw new InvalidExperimentException(experiment.name() + ": workload: "
                    + experiment.workload().count() + " jobs are too many for real cores; allowed: up to " + MOST_JOBS
                    + ", as with --jobs N, or --on simulator");
        }
        if (!experiment.workload().streams().isEmpty()) {
            throw new InvalidExperimentException(
                    experiment.name() + ": workload.streams: streams are simulated only; allowed: --on simulator");
        }
        if (experiment.speedup() instanceof Speedup.Power) {
            throw new InvalidExperimentException(experiment.name()
                    + ": speedup: power is a theoretical form: below one core no quota reaches it; allowed:"
                    + " --on simulator");
        }
        if (experiment.speedup() instanceof Speedup.Linear || experiment.speedup() instanceof Speedup.Capped) {
            return;
        }
        if (experiment.scaleOn(backend) * experiment.budget() != 1000.0 * experiment.cores()) {
            throw new InvalidExperimentException(experiment.name() + ": speedup: " + experiment.speedupText()
                    + " needs whole cores; allowed: a budget and a scale with 1000m for each core of the experiment, or"
                    + " --on simulator");
        }
        if (actuators.contains(ActuatorKind.DISPATCH)) {
            throw new InvalidExperimentException(experiment.name() + ": speedup: " + experiment.speedupText()
                    + " needs several threads, but a dispatched chunk has one; allowed: actuator: quota or weight, or"
                    + " --on simulator");
        }
    }

    @Override
    public Run run(Experiment experiment, ActuatorKind actuator, ConfiguredPolicy policy, long seed)
            throws InterruptedException {
        ScaledExperiment scaled = ScaledExperiment.of(experiment, policy, seed, backend.backend());
        if (rehearsed.add(actuator)) {
            // The rehearsal loads and compiles the code of decisions.
            measure(experiment, actuator, scaled.rehearsal());
        }
        return outcome(experiment, actuator, policy, seed, scaled, measure(experiment, actuator, scaled));
    }

    private Measurement<RunRecorder> measure(Experiment experiment, ActuatorKind actuator, ScaledExperiment scaled)
            throws InterruptedException {
        boolean dispatch = actuator == ActuatorKind.DISPATCH;
        List<BurnerWorker> workers = backend.workers(dispatch ? scaled.cores() : scaled.places(), scaled.budget());
        LimitStore<String> limits = backend.prepare(actuator, workers, scaled);
        List<WorkerAssignment> assignments =
                workers.stream().map(WorkerAssignment::new).toList();
        if (dispatch) {
            double chunkS = experiment.simulation().chunkS();
            double coreMilli = backend.chunkMilli(scaled);
            return Measurement.of(
                    backend,
                    start -> new ChunkDispatchRun(
                                    scaled, chunkS, coreMilli, assignments, backend.events(), System::nanoTime, start)
                            .run());
        }
        // A weight is not refilled, so it may be written at any time.
        long periodNanos = actuator == ActuatorKind.WEIGHT ? 0 : scaled.periodNanos();
        return Measurement.of(
                backend,
                start -> new CpuShareRun(
                                scaled, limits, periodNanos, assignments, backend.events(), System::nanoTime, start)
                        .run());
    }

    private Run outcome(
            Experiment experiment,
            ActuatorKind actuator,
            ConfiguredPolicy policy,
            long seed,
            ScaledExperiment scaled,
            Measurement<RunRecorder> measured) {
        RunRecorder recorder = measured.result();
        List<Run.JobRun> jobs = recorder.jobs();
        if (jobs.isEmpty()) {
            throw new InvalidExperimentException(experiment.name() + ": policies: " + policy.name()
                    + " refused every job; allowed: deadlines that can be met");
        }
        return new Run(
                seed,
                Summaries.of(jobs),
                recorder.refusals(),
                jobs,
                jobs.stream().map(Run.JobRun::responseS).sorted().toList(),
                recorder.changes(),
                measured.used().throttledS(),
                measured.used().cpuS(),
                measured.otherCores(),
                predicted(experiment, actuator, policy, seed, scaled, recorder),
                recorder.handoverMs(),
                Map.of(),
                Map.of());
    }

    /** The prediction with the measured handover, plus the time until the first shares were in force. */
    private OptionalDouble predicted(
            Experiment experiment,
            ActuatorKind actuator,
            ConfiguredPolicy policy,
            long seed,
            ScaledExperiment scaled,
            RunRecorder recorder) {
        OptionalDouble mean = predictor.meanResponseS(
                experiment,
                actuator,
                policy,
                seed,
                scale(experiment, actuator, scaled),
                scaled.places(),
                recorder.handoverMs());
        return mean.isPresent() ? OptionalDouble.of(mean.getAsDouble() + recorder.startS()) : mean;
    }

    /** If workers of chunks have less than a core, sizes are not scaled: chunks then last as long as written. */
    private double scale(Experiment experiment, ActuatorKind actuator, ScaledExperiment scaled) {
        double scale = experiment.scaleOn(backend.backend());
        return actuator == ActuatorKind.DISPATCH ? scale * 1000 / backend.chunkMilli(scaled) : scale;
    }

    @Override
    public Map<String, String> facts() {
        return backend.facts();
    }

    @Override
    public void close() {
        backend.close();
    }
}
