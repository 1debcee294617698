package io.framequota.scheduler.simulator;

import io.framequota.scheduler.dispatch.ContentionCurve;
import io.framequota.scheduler.dispatch.WorkerFleet;
import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.policy.Speedup;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Runs scenarios. Equal scenarios give equal results. Any thread may call it. */
public final class Simulator {
    private Simulator() {}

    /**
     * Runs a scenario until its last job ends.
     *
     * @throws ScenarioException if the policy leaves jobs that can never end
     */
    public static SimulationResult run(Scenario scenario) {
        return run(scenario, new RunStatistics(scenario.workload().count(), 0, null));
    }

    /** The same; {@code trace} receives every allocation change in order of time. */
    public static SimulationResult run(Scenario scenario, Consumer<AllocationChange> trace) {
        return run(scenario, trace, 0);
    }

    /**
     * The same; the result keeps the first {@code keepJobs} jobs that ended, and a sample of as many response times.
     */
    public static SimulationResult run(Scenario scenario, Consumer<AllocationChange> trace, int keepJobs) {
        return run(scenario, new RunStatistics(scenario.workload().count(), keepJobs, trace));
    }

    /** The same for a scenario with {@code dispatch}; forecasts every job when it arrives, as in production. */
    public static SimulationResult forecasting(Scenario scenario, Consumer<AllocationChange> trace, int keepJobs) {
        RunStatistics statistics = new RunStatistics(scenario.workload().count(), keepJobs, trace);
        DispatchSimulation.of(scenario, statistics).forecasting().run();
        return statistics.outcome();
    }

    /**
     * Runs a scenario's jobs in chunks on these workers, instead of one worker per core in turns.
     *
     * @param scenario a scenario with {@code dispatch} and as many cores of 1000 millicores as all workers have
     *     together
     */
    public static SimulationResult run(Scenario scenario, WorkerFleet fleet, int keepJobs) {
        RunStatistics statistics = new RunStatistics(scenario.workload().count(), keepJobs, null);
        DispatchSimulation.of(scenario, fleet, statistics).run();
        return statistics.outcome();
    }

    /**
     * Runs past jobs again under another policy, which knows at each moment what was known then. Chunks are available
     * when they were available then.
     *
     * @param contention by model, the slowdown of chunks by number of busy workers
     * @param mostChunks the most chunks of all jobs together; with more, chunks are combined into longer ones
     */
    public static SimulationResult replay(
            List<RecordedJob> jobs,
            ConfiguredPolicy policy,
            WorkerFleet fleet,
            Speedup speedup,
            Map<String, ContentionCurve> contention,
            int mostChunks) {
        RunStatistics statistics = new RunStatistics(jobs.size(), jobs.size(), null);
        DispatchSimulation.replaying(JobReplay.of(jobs, mostChunks), policy, fleet, speedup, contention, statistics)
                .run();
        return statistics.outcome();
    }

    private static SimulationResult run(Scenario scenario, RunStatistics statistics) {
        if (scenario.dispatch()) {
            DispatchSimulation.of(scenario, statistics).run();
        } else if (scenario.quota() == QuotaModel.BATCHES) {
            new ComputeTimeSimulation(scenario, statistics).run();
        } else if (!LaneSimulation.run(scenario, statistics)) {
            new ShareSimulation(scenario, statistics).run();
        }
        return statistics.outcome();
    }
}
