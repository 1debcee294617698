package io.framequota.scheduler.experiment.real;

import io.framequota.scheduler.enforce.CpuUse;
import io.framequota.scheduler.experiment.Actuator;
import io.framequota.scheduler.experiment.BadExperimentException;
import io.framequota.scheduler.experiment.Experiment;
import io.framequota.scheduler.experiment.Home;
import io.framequota.scheduler.experiment.Predictor;
import io.framequota.scheduler.experiment.Run;
import io.framequota.scheduler.experiment.Runner;
import io.framequota.scheduler.experiment.Summaries;
import io.framequota.scheduler.policy.ChosenPolicy;
import io.framequota.scheduler.policy.Speedup;
import io.framequota.scheduler.quota.LimitStore;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Runs on the workers of a site, which it closes in the end. */
public final class RealRunner implements Runner {
    /** More than that would take hours, and every arrival is kept. */
    private static final int MOST_JOBS = 10_000;
    /** From the last preparation to the first arrival; also lets quotas of the run before be refilled. */
    private static final long LEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final Site site;
    private final Predictor predictor;
    private final Set<Actuator> rehearsed = EnumSet.noneOf(Actuator.class);

    public RealRunner(Site site, Predictor predictor) {
        this.site = site;
        this.predictor = predictor;
    }

    /** What happened in a run and what it used. */
    private record Measured(Journal journal, CpuUse used, double otherCores) {}

    /**
     * Checks that an experiment can be burnt on real cores.
     *
     * @throws BadExperimentException when it cannot
     */
    public static void check(Experiment experiment, List<Actuator> actuators, Home home) {
        if (experiment.workload().count() > MOST_JOBS) {
            throw new BadExperimentException(experiment.name() + ": workload: "
                    + experiment.workload().count() + " jobs are too many for real cores; allowed: up to " + MOST_JOBS
                    + ", as with --jobs N, or --on simulator");
        }
        if (experiment.speedup() instanceof Speedup.Power) {
            throw new BadExperimentException(experiment.name()
                    + ": speedup: power is the theory's form, and no quota gives more than its share; allowed: with"
                    + " --on simulator");
        }
        if (experiment.speedup() instanceof Speedup.Linear || experiment.speedup() instanceof Speedup.Capped) {
            return;
        }
        if (experiment.scaleOn(home) * experiment.budget() != 1000.0 * experiment.cores()) {
            throw new BadExperimentException(experiment.name() + ": speedup: " + experiment.speedupText()
                    + " is that of threads on whole cores; allowed: a budget and a scale that make each core of the"
                    + " experiment one of the machine, or --on simulator");
        }
        if (actuators.contains(Actuator.DISPATCH)) {
            throw new BadExperimentException(experiment.name() + ": speedup: " + experiment.speedupText()
                    + " is burnt by threads of one process, and dispatched chunks have one each; allowed: actuator: quota"
                    + " or weight, or --on simulator");
        }
    }

    @Override
    public Run run(Experiment experiment, Actuator actuator, ChosenPolicy policy, long seed)
            throws InterruptedException {
        Terms terms = Terms.of(experiment, policy, seed, site.home());
        if (rehearsed.add(actuator)) {
            // Decisions of the first run would otherwise be made while their code is still being compiled.
            measure(experiment, actuator, terms.rehearsal());
        }
        return outcome(experiment, actuator, policy, seed, terms, measure(experiment, actuator, terms));
    }

    private Measured measure(Experiment experiment, Actuator actuator, Terms terms) throws InterruptedException {
        int size = actuator == Actuator.DISPATCH ? terms.cores() : terms.places();
        List<Worker> workers = site.workers(size, terms.budget());
        LimitStore<String> limits = site.prepare(actuator, workers, terms);
        site.told().clear();
        Site.Counted before = site.count();
        List<Member> members = workers.stream().map(Member::new).toList();
        long start = System.nanoTime() + LEAD_NANOS;
        TimeUnit.NANOSECONDS.sleep(LEAD_NANOS / 2);
        Journal journal = actuator == Actuator.DISPATCH
                ? new DispatchedRun(
                                terms,
                                experiment.simulation().chunkS(),
                                site.chunkMilli(terms),
                                members,
                                site.told(),
                                System::nanoTime,
                                start)
                        .run()
                : new SharedRun(
                                terms,
                                limits,
                                // A weight refills nothing.
                                actuator == Actuator.WEIGHT ? 0 : terms.periodNanos(),
                                members,
                                site.told(),
                                System::nanoTime,
                                start)
                        .run();
        double seconds = (System.nanoTime() - start + LEAD_NANOS) / 1e9;
        Site.Counted after = site.count();
        CpuUse used = after.workers().since(before.workers());
        double others = Math.max(0, after.machineS() - before.machineS() - used.cpuS());
        return new Measured(journal, used, others / seconds);
    }

    private Run outcome(
            Experiment experiment, Actuator actuator, ChosenPolicy policy, long seed, Terms terms, Measured measured) {
        Journal journal = measured.journal();
        List<Run.JobRun> jobs = journal.jobs();
        if (jobs.isEmpty()) {
            throw new BadExperimentException(experiment.name() + ": policies: " + policy.name()
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
                Map.of());
    }

    /** The staircase with the measured handover, later by what it took to bring the first shares into force. */
    private OptionalDouble predicted(
            Experiment experiment, Actuator actuator, ChosenPolicy policy, long seed, Terms terms, Journal journal) {
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
    private double scale(Experiment experiment, Actuator actuator, Terms terms) {
        double scale = experiment.scaleOn(site.home());
        return actuator == Actuator.DISPATCH ? scale * 1000 / site.chunkMilli(terms) : scale;
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
