package io.framequota.scheduler.experiment.local;

import io.framequota.scheduler.enforce.CpuGroups;
import io.framequota.scheduler.enforce.CpuUse;
import io.framequota.scheduler.enforce.Enforcement;
import io.framequota.scheduler.enforce.Quota;
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
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs on this machine's cores. */
public final class LocalRunner implements Runner {
    /** More than any neighbour has: what an experiment's budget promises is there even beside other work. */
    private static final int CLAIM_MILLI = 256_000;

    /** From the last preparation to the first arrival; also lets quotas of the run before be refilled. */
    private static final long LEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final @Nullable CpuGroups groups;
    private final Predictor predictor;
    private final Team team;
    private final Set<Actuator> rehearsed = EnumSet.noneOf(Actuator.class);

    /** Uses the groups where they are available, and closes them in the end. */
    public LocalRunner(Enforcement enforcement, Predictor predictor) {
        this.groups = enforcement instanceof Enforcement.Available(CpuGroups available) ? available : null;
        this.predictor = predictor;
        if (groups != null) {
            groups.weight(CLAIM_MILLI);
        }
        this.team = new Team(groups);
    }

    /**
     * Checks that an experiment can run here.
     *
     * @throws BadExperimentException when it cannot
     */
    public static void check(Experiment experiment, List<Actuator> actuators) {
        if (experiment.speedup() instanceof Speedup.Power) {
            throw new BadExperimentException(experiment.name()
                    + ": speedup: power is the theory's form, and no quota gives more than its share; allowed: with"
                    + " --on simulator");
        }
        if (!(experiment.speedup() instanceof Speedup.Linear || experiment.speedup() instanceof Speedup.Capped)) {
            throw new BadExperimentException(experiment.name() + ": speedup: " + experiment.speedupText()
                    + " cannot be burnt on real cores; allowed: linear, capped, or with --on simulator");
        }
        double scale = experiment.scaleOn(Home.LOCAL);
        double there = 1000.0 * Runtime.getRuntime().availableProcessors();
        double asked = actuators.stream().allMatch(a -> a == Actuator.DISPATCH)
                ? 1000.0 * experiment.cores()
                : experiment.budget() * scale;
        if (asked > there) {
            throw new BadExperimentException(experiment.name() + ": budget: " + Math.round(asked)
                    + "m is more than this machine has; allowed: up to " + Math.round(there)
                    + "m here, or a smaller scale: { local: ... }");
        }
    }

    @Override
    public Run run(Experiment experiment, Actuator actuator, ChosenPolicy policy, long seed)
            throws InterruptedException {
        Terms terms = Terms.of(experiment, policy, seed);
        if (rehearsed.add(actuator)) {
            // Decisions of the first run would otherwise be made while their code is still being compiled.
            journal(experiment, actuator, terms.rehearsal());
        }
        CpuUse before = groups == null ? CpuUse.NONE : groups.use();
        MachineUse machine = MachineUse.now();
        Journal journal = journal(experiment, actuator, terms);
        MachineUse meanwhile = MachineUse.now().since(machine);
        double whole = groups == null ? 0 : groups.use().since(before).throttledS();
        CpuUse used = team.used();
        return outcome(
                experiment,
                actuator,
                policy,
                seed,
                terms,
                journal,
                used.throttledS() + whole,
                used.cpuS(),
                meanwhile.othersThan(used.cpuS()));
    }

    private Journal journal(Experiment experiment, Actuator actuator, Terms terms) throws InterruptedException {
        int size = actuator == Actuator.DISPATCH ? terms.cores() : terms.places();
        List<Member> members = team.members(size);
        Shares shares = prepare(actuator, members, terms);
        team.told().clear();
        long start = System.nanoTime() + LEAD_NANOS;
        TimeUnit.NANOSECONDS.sleep(LEAD_NANOS / 2);
        team.mark();
        return actuator == Actuator.DISPATCH
                ? new DispatchedRun(
                                terms, experiment.simulation().chunkS(), members, team.told(), System::nanoTime, start)
                        .run()
                : new SharedRun(terms, members, shares, team.told(), System::nanoTime, start).run();
    }

    private Run outcome(
            Experiment experiment,
            Actuator actuator,
            ChosenPolicy policy,
            long seed,
            Terms terms,
            Journal journal,
            double throttledS,
            double cpuS,
            double otherCores) {
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
                throttledS,
                cpuS,
                otherCores,
                predictor.meanResponseS(
                        experiment,
                        actuator,
                        policy,
                        seed,
                        experiment.scaleOn(Home.LOCAL),
                        terms.places(),
                        journal.handoverMs()),
                journal.handoverMs());
    }

    private Shares prepare(Actuator actuator, List<Member> members, Terms terms) {
        if (groups == null) {
            return new WeightShares();
        }
        boolean weights = actuator == Actuator.WEIGHT;
        groups.limit(weights ? Quota.ofMillicores(terms.budget()) : Quota.unlimited());
        if (actuator == Actuator.QUOTA) {
            return new QuotaShares(members, terms.budget(), terms.periodNanos() / 1000);
        }
        for (Member member : members) {
            if (member.group != null) {
                member.group.quota(Quota.unlimited());
                member.group.weight(1000);
            }
        }
        return new WeightShares();
    }

    @Override
    public void close() {
        team.close();
        if (groups != null) {
            groups.close();
        }
    }
}
