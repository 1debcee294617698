package io.framequota.scheduler.shadow;

import io.framequota.scheduler.dispatch.EndedJob;
import io.framequota.scheduler.dispatch.Pool;
import io.framequota.scheduler.policy.ChosenPolicy;
import io.framequota.scheduler.policy.Policies;
import io.framequota.scheduler.policy.PolicyKind;
import io.framequota.scheduler.policy.Speedup;
import io.framequota.scheduler.simulator.Arrival;
import io.framequota.scheduler.simulator.Grid;
import io.framequota.scheduler.simulator.Outcome;
import io.framequota.scheduler.simulator.Quantiles;
import io.framequota.scheduler.simulator.QuotaModel;
import io.framequota.scheduler.simulator.Scenario;
import io.framequota.scheduler.simulator.Simulator;
import io.framequota.scheduler.simulator.Workload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Replays a recording through every policy that may serve: the simulator, the production dispatcher in it, workers as
 * they were and shared as they did, chunks as long as they were on average. A pure function of the recording; any thread may call it.
 */
public final class Replay {
    /** The most jobs of a recording that are replayed, the latest ones: an answer must not take longer than people wait. */
    static final int MOST_JOBS = 500;
    /** The most chunks; more work than that is replayed in longer ones. */
    private static final int MOST_CHUNKS = 5_000;

    private Replay() {}

    /** What the policies would have made of it. */
    public static Shadow of(Recording recording) {
        List<EndedJob> all = recording.jobs();
        List<EndedJob> jobs = all.subList(Math.max(0, all.size() - MOST_JOBS), all.size());
        if (jobs.isEmpty()) {
            String sentence = Sentence.of(recording, List.of());
            return new Shadow(
                    recording.hours(), recording.fromUs(), recording.toUs(), 0, 0, 0, null, List.of(), sentence);
        }
        Pool pool = pool(jobs);
        Run own = run(recording.live(), jobs, pool);
        List<Shadow.Replayed> policies = new ArrayList<>();
        policies.add(replayed(recording.live().name(), own, own));
        for (PolicyKind kind : Policies.serving()) {
            if (!kind.name().equals(recording.live().name())) {
                policies.add(replayed(kind.name(), run(kind.with(Map.of()), jobs, pool), own));
            }
        }
        policies.sort(Comparator.comparingDouble(Shadow.Replayed::meanResponseS));
        Shadow.Live live = new Shadow.Live(
                recording.live().name(),
                jobs.stream().mapToDouble(EndedJob::responseS).average().orElseThrow(),
                own.meanS(),
                jobs.stream().map(EndedJob::policy).distinct().toList());
        return new Shadow(
                recording.hours(),
                recording.fromUs(),
                recording.toUs(),
                all.size(),
                jobs.size(),
                pool.millicores() / 1000,
                live,
                policies,
                Sentence.of(recording, policies));
    }

    private static Shadow.Replayed replayed(String policy, Run run, Run own) {
        double change = own.meanS() > 0 ? run.meanS() / own.meanS() - 1 : 0;
        return new Shadow.Replayed(policy, run.meanS(), run.p99S(), run.refused(), change);
    }

    /** Response times of one replay, over the jobs that its policy served. */
    private record Run(double meanS, double p99S, int refused) {
        static Run of(Outcome outcome, List<EndedJob> jobs) {
            double[] responses = outcome.perJob().stream()
                    .filter(o -> !o.refused())
                    // What no worker could have shortened is on top of what the workers took.
                    .mapToDouble(o -> o.responseS() + jobs.get((int) o.id() - 1).besideS())
                    .toArray();
            double meanS = Arrays.stream(responses).average().orElse(0);
            return new Run(meanS, Quantiles.of(responses, 0.99), outcome.refused());
        }
    }

    /** The workers when there was most of them, and of such moments the latest. */
    private static Pool pool(List<EndedJob> jobs) {
        Pool most = jobs.getFirst().pool();
        for (EndedJob job : jobs) {
            most = job.pool().millicores() >= most.millicores() ? job.pool() : most;
        }
        return most;
    }

    private static Run run(ChosenPolicy policy, List<EndedJob> jobs, Pool pool) {
        long beginUs = jobs.stream().mapToLong(EndedJob::readyAtUs).min().orElseThrow();
        List<Arrival> arrivals = new ArrayList<>(jobs.size());
        for (EndedJob job : jobs) {
            double atS = (job.readyAtUs() - beginUs) / 1e6;
            arrivals.add(new Arrival(arrivals.size() + 1L, atS, job.coreSeconds(), job.labels(), job.parallelism()));
        }
        Scenario scenario = new Scenario(
                pool.allCores(),
                1000.0 * pool.allCores(),
                Speedup.LINEAR,
                policy,
                Workload.trace(arrivals),
                0,
                QuotaModel.FLUID,
                Grid.EXACT,
                0,
                0,
                100,
                OptionalInt.empty(),
                true,
                chunkS(jobs));
        return Run.of(Simulator.run(scenario, pool, jobs.size()), jobs);
    }

    /** Core-seconds of a chunk: the mean, unless that would make too many. */
    private static double chunkS(List<EndedJob> jobs) {
        double work = jobs.stream().mapToDouble(EndedJob::coreSeconds).sum();
        int chunks = jobs.stream().mapToInt(EndedJob::chunks).sum();
        return Math.max(work / Math.clamp(chunks, 1, MOST_CHUNKS), 1e-3);
    }
}
