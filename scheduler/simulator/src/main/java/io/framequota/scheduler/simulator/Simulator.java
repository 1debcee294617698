package io.framequota.scheduler.simulator;

import io.framequota.scheduler.dispatch.Pool;
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

    private static Outcome run(Scenario scenario, Tally tally) {
        if (scenario.dispatch()) {
            new DispatchRun(scenario, tally).run();
        } else if (!LaneRun.run(scenario, tally)) {
            new ShareRun(scenario, tally).run();
        }
        return tally.outcome();
    }
}
