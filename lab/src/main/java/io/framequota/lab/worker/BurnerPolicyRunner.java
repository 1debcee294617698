package io.framequota.lab.worker;

import io.framequota.common.cgroup.CpuUsage;
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
import java.util.concurrent.TimeUnit;

/** Runs on the workers of a site, which it closes in the end. */
public final class BurnerPolicyRunner implements PolicyRunner {
    /** More than that would take hours, and every arrival is kept. */
    private static final int MOST_JOBS = 10_000;
    /** From the last preparation to the first arrival; also lets quotas of the run before be refilled. */
    private static final long LEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final WorkerBackend site;
    private final ResponsePredictor predictor;
    private final Set<ActuatorKind> rehearsed = EnumSet.noneOf(ActuatorKind.class);

    public BurnerPolicyRunner(WorkerBackend site, ResponsePredictor predictor) {
        this.site = site;
        this.predictor = predictor;
    }

    /** What happened in a run and what it used. */
    private record Measured(RunRecorder journal, CpuUsage used, double otherCores) {}

    /**
     * Checks that an experiment can be burnt on real cores.
     *
     * @throws InvalidExperimentException when it cannot
     */
    public static void check(Experiment experiment, List<ActuatorKind> actuators, ExperimentBackend home) {
        if (experiment.workload().count() > MOST_JOBS) {
            throw new InvalidExperimentException(experiment.name() + ": workload: "
                    + experiment.workload().count() + " jobs are too many for real cores; allowed: up to " + MOST_JOBS
                    + ", as with --jobs N, or --on simulator");
        }
        if (experiment.speedup() instanceof Speedup.Power) {
            throw new InvalidExperimentException(experiment.name()
                    + ": speedup: power is the theory's form, and no quota gives more than its share; allowed: with"
                    + " --on simulator");
        }
        if (experiment.speedup() instanceof Speedup.Linear || experiment.speedup() instanceof Speedup.Capped) {
            return;
        }
        if (experiment.scaleOn(home) * experiment.budget() != 1000.0 * experiment.cores()) {
            throw new InvalidExperimentException(experiment.name() + ": speedup: " + experiment.speedupText()
                    + " is that of threads on whole cores; allowed: a budget and a scale that make each core of the"
                    + " experiment one of the machine, or --on simulator");
        }
        if (actuators.contains(ActuatorKind.DISPATCH)) {
            throw new InvalidExperimentException(experiment.name() + ": speedup: " + experiment.speedupText()
                    + " is burnt by threads of one process, and dispatched chunks have one each; allowed: actuator: quota"
                    + " or weight, or --on simulator");
        }
    }

    @Override
    public Run run(Experiment experiment, ActuatorKind actuator, ConfiguredPolicy policy, long seed)
            throws InterruptedException {
        ScaledExperiment terms = ScaledExperiment.of(experiment, policy, seed, site.home());
        if (rehearsed.add(actuator)) {
            // Decisions of the first run would otherwise be made while their code is still being compiled.
            measure(experiment, actuator, terms.rehearsal());
        }
        return outcome(experiment, actuator, policy, seed, terms, measure(experiment, actuator, terms));
    }

    private Measured measure(Experiment experiment, ActuatorKind actuator, ScaledExperiment terms)
            throws InterruptedException {
        int size = actuator == ActuatorKind.DISPATCH ? terms.cores() : terms.places();
        List<BurnerWorker> workers = site.workers(size, terms.budget());
        LimitStore<String> limits = site.prepare(actuator, workers, terms);
        site.told().clear();
        WorkerBackend.Counted before = site.count();
        List<WorkerAssignment> members =
                workers.stream().map(WorkerAssignment::new).toList();
        long start = System.nanoTime() + LEAD_NANOS;
        TimeUnit.NANOSECONDS.sleep(LEAD_NANOS / 2);
        RunRecorder journal = actuator == ActuatorKind.DISPATCH
                ? new ChunkDispatchRun(
                                terms,
                                experiment.simulation().chunkS(),
                                site.chunkMilli(terms),
                                members,
                                site.told(),
                                System::nanoTime,
                                start)
                        .run()
                : new CpuShareRun(
                                terms,
                                limits,
                                // A weight refills nothing.
                                actuator == ActuatorKind.WEIGHT ? 0 : terms.periodNanos(),
                                members,
                                site.told(),
                                System::nanoTime,
                                start)
                        .run();
        double seconds = (System.nanoTime() - start + LEAD_NANOS) / 1e9;
        WorkerBackend.Counted after = site.count();
        CpuUsage used = after.workers().since(before.workers());
        double others = Math.max(0, after.machineS() - before.machineS() - used.cpuS());
        return new Measured(journal, used, others / seconds);
    }

    private Run outcome(
            Experiment experiment,
            ActuatorKind actuator,
            ConfiguredPolicy policy,
            long seed,
            ScaledExperiment terms,
            Measured measured) {
        RunRecorder journal = measured.journal();
        List<Run.JobRun> jobs = journal.jobs();
        if (jobs.isEmpty()) {
            throw new InvalidExperimentException(experiment.name() + ": policies: " + policy.name()
                    + " refused every job; allowed: deadlines that can be met");
        }
        return new Run(
                seed,
                Summaries.of(jobs),
                journal.refusals(),
                jobs,
                jobs.stream().map(Run.JobRun::responseS).sorted().toList(),
                journal.changes(),
                measured.used().throttledS(),
                measured.used().cpuS(),
                measured.otherCores(),
                predicted(experiment, actuator, policy, seed, terms, journal),
                journal.handoverMs(),
                Map.of(),
                Map.of());
    }

    /** The staircase with the measured handover, later by what it took to bring the first shares into force. */
    private OptionalDouble predicted(
            Experiment experiment,
            ActuatorKind actuator,
            ConfiguredPolicy policy,
            long seed,
            ScaledExperiment terms,
            RunRecorder journal) {
        OptionalDouble mean = predictor.meanResponseS(
                experiment,
                actuator,
                policy,
                seed,
                scale(experiment, actuator, terms),
                terms.places(),
                journal.handoverMs());
        return mean.isPresent() ? OptionalDouble.of(mean.getAsDouble() + journal.startS()) : mean;
    }

    /** Where a worker of chunks has less than a core its chunks are as long as the file says: nothing is scaled then. */
    private double scale(Experiment experiment, ActuatorKind actuator, ScaledExperiment terms) {
        double scale = experiment.scaleOn(site.home());
        return actuator == ActuatorKind.DISPATCH ? scale * 1000 / site.chunkMilli(terms) : scale;
    }

    @Override
    public Map<String, String> facts() {
        return site.facts();
    }

    @Override
    public void close() {
        site.close();
    }
}
