package io.framequota.scheduler.simulator;

import io.framequota.scheduler.dispatch.Crowding;
import io.framequota.scheduler.dispatch.Pool;
import io.framequota.scheduler.policy.ChosenPolicy;
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
    public static Outcome run(Scenario scenario) {
        return run(scenario, new Tally(scenario.workload().count(), 0, null));
    }

    /** The same, telling every change of who holds what, in order of time. */
    public static Outcome run(Scenario scenario, Consumer<AllocationChange> trace) {
        return run(scenario, trace, 0);
    }

    /** The same, keeping what became of the first {@code keepJobs} jobs that ended and as many response times of all. */
    public static Outcome run(Scenario scenario, Consumer<AllocationChange> trace, int keepJobs) {
        return run(scenario, new Tally(scenario.workload().count(), keepJobs, trace));
    }

    /** The same for a scenario in chunks, forecasting every job when it comes as the running system does. */
    public static Outcome forecasting(Scenario scenario, Consumer<AllocationChange> trace, int keepJobs) {
        Tally tally = new Tally(scenario.workload().count(), keepJobs, trace);
        new DispatchRun(scenario, tally).forecasting().run();
        return tally.outcome();
    }

    /**
     * Runs a scenario's jobs in chunks on these workers, as they are and share, instead of one worker per core in turns.
     *
     * @param scenario with {@code dispatch} and as many cores of 1000 millicores as all workers have
     */
    public static Outcome run(Scenario scenario, Pool pool, int keepJobs) {
        Tally tally = new Tally(scenario.workload().count(), keepJobs, null);
        new DispatchRun(scenario, pool, tally).run();
        return tally.outcome();
    }

    /**
     * Runs jobs again that ran once, under a policy that is told of each what was known of it, when it was known; their chunks
     * are there when they were there.
     *
     * @param crowdings by model, how much slower chunks go the more workers are busy
     * @param mostChunks of all jobs together; more work than that runs in longer ones
     */
    public static Outcome again(
            List<PastJob> jobs,
            ChosenPolicy policy,
            Pool pool,
            Speedup speedup,
            Map<String, Crowding> crowdings,
            int mostChunks) {
        Tally tally = new Tally(jobs.size(), jobs.size(), null);
        new DispatchRun(Past.of(jobs, mostChunks), policy, pool, speedup, crowdings, tally).run();
        return tally.outcome();
    }

    private static Outcome run(Scenario scenario, Tally tally) {
        if (scenario.dispatch()) {
            new DispatchRun(scenario, tally).run();
        } else if (!LaneRun.run(scenario, tally)) {
            new ShareRun(scenario, tally).run();
        }
        return tally.outcome();
    }
}
