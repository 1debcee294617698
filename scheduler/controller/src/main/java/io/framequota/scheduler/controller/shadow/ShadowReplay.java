package io.framequota.scheduler.controller.shadow;

import io.framequota.scheduler.dispatch.ContentionCurve;
import io.framequota.scheduler.dispatch.EndedJob;
import io.framequota.scheduler.dispatch.WorkerFleet;
import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.policy.Policies;
import io.framequota.scheduler.policy.PolicyDefinition;
import io.framequota.scheduler.policy.Speedup;
import io.framequota.scheduler.simulator.Quantiles;
import io.framequota.scheduler.simulator.RecordedJob;
import io.framequota.scheduler.simulator.SimulationResult;
import io.framequota.scheduler.simulator.Simulator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Replays a recording under every serving policy, in the simulator with the production dispatcher and the recorded workers. Each
 * policy learns about a job at the time when the live system did; chunks arrive when they did and have the average length of the
 * job's chunks. A pure function of the recording; thread-safe.
 */
public final class ShadowReplay {
    /** Only the latest jobs are replayed, so that a person need not wait long for the answer. */
    static final int MOST_JOBS = 500;
    /** Work of more chunks than this is replayed in longer chunks. */
    private static final int MOST_CHUNKS = 5_000;

    private ShadowReplay() {}

    public static ShadowReport of(ShadowRecording recording) {
        List<EndedJob> all = recording.jobs();
        List<EndedJob> own = underOnePolicy(all, recording.live().name());
        List<EndedJob> wanted = own.isEmpty() ? all : own;
        List<EndedJob> jobs = wanted.subList(Math.max(0, wanted.size() - MOST_JOBS), wanted.size());
        if (jobs.isEmpty()) {
            ShadowAdvice none = ShadowAdvice.nothing(recording);
            return new ShadowReport(0, 0, 0, null, List.of(), none.given(), none.sentence());
        }
        WorkerFleet pool = pool(jobs);
        Run ran = run(recording.live(), jobs, pool, recording.crowdings());
        List<ShadowReport.Replayed> policies = new ArrayList<>();
        policies.add(replayed(recording.live().name(), ran, ran));
        for (PolicyDefinition kind : Policies.installed().serving()) {
            if (!kind.name().equals(recording.live().name())) {
                policies.add(replayed(kind.name(), run(kind.with(Map.of()), jobs, pool, recording.crowdings()), ran));
            }
        }
        policies.sort(Comparator.comparingDouble(ShadowReport.Replayed::meanResponseS));
        ShadowReport.Live live = new ShadowReport.Live(
                recording.live().name(),
                jobs.stream().mapToDouble(EndedJob::responseS).average().orElseThrow(),
                ran.meanS(),
                jobs.stream().map(EndedJob::policy).distinct().toList());
        ShadowAdvice advice = ShadowAdvice.of(recording, live, policies, jobs.size());
        return new ShadowReport(
                all.size(), jobs.size(), pool.millicores() / 1000, live, policies, advice.given(), advice.sentence());
    }

    /** The jobs that arrived after the last job under another policy: only they show whether a replay is accurate. */
    private static List<EndedJob> underOnePolicy(List<EndedJob> jobs, String live) {
        long sinceUs = jobs.stream()
                .filter(j -> !j.policy().equals(live))
                .mapToLong(EndedJob::endedAtUs)
                .max()
                .orElse(Long.MIN_VALUE);
        return jobs.stream().filter(j -> j.heardAtUs() > sinceUs).toList();
    }

    private static ShadowReport.Replayed replayed(String policy, Run run, Run own) {
        double change = own.meanS() > 0 ? run.meanS() / own.meanS() - 1 : 0;
        return new ShadowReport.Replayed(policy, run.meanS(), run.p99S(), run.refused(), change);
    }

    /** Response times of one replay, over the jobs that the policy served. */
    private record Run(double meanS, double p99S, int refused) {
        static Run of(SimulationResult outcome, List<EndedJob> jobs) {
            double[] responses = outcome.perJob().stream()
                    .filter(o -> !o.refused())
                    // No policy shortens the time after the last chunk.
                    .mapToDouble(o -> o.responseS() + jobs.get((int) o.id() - 1).afterS())
                    .toArray();
            double meanS = Arrays.stream(responses).average().orElse(0);
            return new Run(meanS, Quantiles.of(responses, 0.99), outcome.refused());
        }
    }

    /** The largest recorded pool of workers, the latest among equals. */
    private static WorkerFleet pool(List<EndedJob> jobs) {
        WorkerFleet most = jobs.getFirst().fleet();
        for (EndedJob job : jobs) {
            most = job.fleet().millicores() >= most.millicores() ? job.fleet() : most;
        }
        return most;
    }

    private static Run run(
            ConfiguredPolicy policy, List<EndedJob> jobs, WorkerFleet pool, Map<String, ContentionCurve> crowdings) {
        long beginUs = jobs.stream().mapToLong(EndedJob::heardAtUs).min().orElseThrow();
        List<RecordedJob> past = jobs.stream().map(j -> past(j, beginUs)).toList();
        return Run.of(Simulator.replay(past, policy, pool, Speedup.LINEAR, crowdings, MOST_CHUNKS), jobs);
    }

    private static RecordedJob past(EndedJob job, long beginUs) {
        EndedJob.Source source = job.source();
        return new RecordedJob(
                source.model(),
                source.format(),
                job.labels(),
                job.parallelism(),
                (job.heardAtUs() - beginUs) / 1e6,
                source.known().stream()
                        .map(k -> new RecordedJob.Known((k.atUs() - beginUs) / 1e6, k.frames(), k.estimated()))
                        .toList(),
                (job.readyAtUs() - beginUs) / 1e6,
                (source.decodedAtUs() - beginUs) / 1e6,
                Math.max(1, source.frames()),
                Math.max(1, job.chunks()),
                job.coreSeconds(),
                source.perFrameThenS());
    }
}
