package io.framequota.scheduler.simulator;

import io.framequota.scheduler.dispatch.ContentionCurve;
import io.framequota.scheduler.dispatch.WorkerFleet;
import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.policy.Speedup;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Runs scenarios: the same scenario gives the same outcome on every run. Any thread may call it. */
public final class Simulator {
    private Simulator() {}

    /**
     * Runs a scenario to its last job's end.
     *
     * @throws ScenarioException when the policy leaves jobs that can never end
     */
    public static SimulationResult run(Scenario scenario) {
        return run(scenario, new RunStatistics(scenario.workload().count(), 0, null));
    }

    /** The same, telling every change of who holds what, in order of time. */
    public static SimulationResult run(Scenario scenario, Consumer<AllocationChange> trace) {
        return run(scenario, trace, 0);
    }

    /** The same, keeping what became of the first {@code keepJobs} jobs that ended and as many response times of all. */
    public static SimulationResult run(Scenario scenario, Consumer<AllocationChange> trace, int keepJobs) {
        return run(scenario, new RunStatistics(scenario.workload().count(), keepJobs, trace));
    }

    /** The same for a scenario in chunks, forecasting every job when it comes as the running system does. */
    public static SimulationResult forecasting(Scenario scenario, Consumer<AllocationChange> trace, int keepJobs) {
        RunStatistics tally = new RunStatistics(scenario.workload().count(), keepJobs, trace);
        new DispatchSimulation(scenario, tally).forecasting().run();
        return tally.outcome();
    }

    /**
     * Runs a scenario's jobs in chunks on these workers, as they are and share, instead of one worker per core in turns.
     *
     * @param scenario with {@code dispatch} and as many cores of 1000 millicores as all workers have
     */
    public static SimulationResult run(Scenario scenario, WorkerFleet pool, int keepJobs) {
        RunStatistics tally = new RunStatistics(scenario.workload().count(), keepJobs, null);
        new DispatchSimulation(scenario, pool, tally).run();
        return tally.outcome();
    }

    /**
     * Runs jobs again that ran once, under a policy that is told of each what was known of it, when it was known; their chunks
     * are there when they were there.
     *
     * @param crowdings by model, how much slower chunks go the more workers are busy
     * @param mostChunks of all jobs together; more work than that runs in longer ones
     */
    public static SimulationResult again(
            List<RecordedJob> jobs,
            ConfiguredPolicy policy,
            WorkerFleet pool,
            Speedup speedup,
            Map<String, ContentionCurve> crowdings,
            int mostChunks) {
        RunStatistics tally = new RunStatistics(jobs.size(), jobs.size(), null);
        new DispatchSimulation(JobReplay.of(jobs, mostChunks), policy, pool, speedup, crowdings, tally).run();
        return tally.outcome();
    }

    private static SimulationResult run(Scenario scenario, RunStatistics tally) {
        if (scenario.dispatch()) {
            new DispatchSimulation(scenario, tally).run();
        } else if (!LaneSimulation.run(scenario, tally)) {
            new ShareSimulation(scenario, tally).run();
        }
        return tally.outcome();
    }
}
