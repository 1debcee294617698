package io.framequota.lab.simulator;

import io.framequota.lab.experiment.ActuatorKind;
import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.InvalidExperimentException;
import io.framequota.lab.experiment.PolicyRunner;
import io.framequota.lab.experiment.Run;
import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.simulator.AllocationChange;
import io.framequota.scheduler.simulator.JobOutcome;
import io.framequota.scheduler.simulator.Scenario;
import io.framequota.scheduler.simulator.ScenarioException;
import io.framequota.scheduler.simulator.SimulationResult;
import io.framequota.scheduler.simulator.Simulator;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Runs policies in virtual time. The same seed gives the same run. */
public final class SimulatorRunner implements PolicyRunner {
    /** Jobs and changes that a report can show. Of larger runs, only samples and sums are kept. */
    private static final int FORECAST_JOBS = 200;

    private static final int KEPT_JOBS = 2_000;

    private static final int KEPT_CHANGES = 20_000;

    @Override
    public Run run(Experiment experiment, ActuatorKind actuator, ConfiguredPolicy policy, long seed)
            throws InterruptedException {
        try {
            return simulated(experiment, actuator, policy, seed);
        } catch (Interrupted e) {
            throw new InterruptedException();
        } catch (ScenarioException e) {
            throw new InvalidExperimentException(experiment.name() + ": " + e.getMessage());
        }
    }

    private static Run simulated(Experiment experiment, ActuatorKind actuator, ConfiguredPolicy policy, long seed) {
        int count = experiment.workload().count();
        List<Run.Change> changes = new ArrayList<>();
        Scenario scenario = ScenarioFactory.asWritten(experiment, actuator, policy, seed);
        Consumer<AllocationChange> trace = c -> {
            // A run of millions of jobs takes minutes and never blocks, so it must check for interrupts itself.
            if (Thread.interrupted()) {
                throw new Interrupted();
            }
            if (count <= KEPT_JOBS && changes.size() < KEPT_CHANGES) {
                changes.add(new Run.Change(c.timeS(), c.job(), c.millicores()));
            }
        };
        // Only dispatched runs can forecast; for few jobs this is fast.
        SimulationResult outcome = scenario.dispatch() && count <= FORECAST_JOBS
                ? Simulator.forecasting(scenario, trace, KEPT_JOBS)
                : Simulator.run(scenario, trace, KEPT_JOBS);
        List<JobOutcome> served =
                outcome.perJob().stream().filter(j -> !j.refused()).toList();
        double millicoreScale = experiment.budget() / 1000.0 / experiment.cores();
        return new Run(
                seed,
                new Run.Summary(
                        outcome.meanResponseS(),
                        outcome.p50S(),
                        outcome.p99S(),
                        outcome.maxS(),
                        outcome.meanSlowdown(),
                        outcome.makespanS()),
                outcome.refused(),
                count <= KEPT_JOBS ? jobs(served) : List.of(),
                outcome.responsesS(),
                List.copyOf(changes),
                outcome.throttledS(),
                outcome.workS() * millicoreScale,
                0,
                ClosedForm.meanResponseS(experiment, actuator, policy, seed),
                experiment.simulation().handoverMs(),
                Map.of(),
                Map.of());
    }

    private static List<Run.JobRun> jobs(List<JobOutcome> served) {
        return served.stream()
                .map(j -> new Run.JobRun(
                        j.id(),
                        j.arrivalS(),
                        j.arrivalS() + j.responseS(),
                        j.sizeS(),
                        j.labels(),
                        Double.isNaN(j.forecastS()) ? Optional.empty() : Optional.of(new Run.Forecast(j.forecastS()))))
                .sorted(Comparator.comparingLong(Run.JobRun::id))
                .toList();
    }

    /** Ends a run from its callback. */
    private static final class Interrupted extends RuntimeException {
        Interrupted() {
            super(null, null, false, false);
        }
    }

    @Override
    public void close() {
        // Nothing to end.
    }
}
