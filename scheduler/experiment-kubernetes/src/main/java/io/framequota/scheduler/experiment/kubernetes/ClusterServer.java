package io.framequota.scheduler.experiment.kubernetes;

import io.framequota.scheduler.enforce.CpuUse;
import io.framequota.scheduler.enforce.Quota;
import io.framequota.scheduler.experiment.BadExperimentException;
import io.framequota.scheduler.experiment.Experiment;
import io.framequota.scheduler.experiment.Measure;
import io.framequota.scheduler.experiment.Run;
import io.framequota.scheduler.experiment.Server;
import io.framequota.scheduler.experiment.Serving;
import io.framequota.scheduler.experiment.Way;
import io.framequota.scheduler.experiment.real.Line;
import io.framequota.scheduler.experiment.real.ServedRun;
import io.framequota.scheduler.experiment.real.Site;
import io.framequota.scheduler.experiment.serving.Runs;
import io.framequota.scheduler.experiment.serving.Served;
import io.framequota.scheduler.experiment.serving.Theory;
import io.framequota.scheduler.simulator.Arrival;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Serves requests in a cluster: a pod of one container for each, there before it comes, with a quota of its own. */
public final class ClusterServer implements Server {
    private static final int LEAST_MILLI = 10;
    /** Pods of one run that a node of usual settings takes beside its own. */
    private static final int MOST_PODS = 64;

    private static final long LEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final double REHEARSED_SIZE_S = 0.01;

    private final ClusterSite site;
    private int rehearsed;

    /** At a site, which it closes in the end. */
    public ClusterServer(ClusterSite site) {
        this.site = site;
    }

    /**
     * Checks that an experiment's requests can be served in a cluster.
     *
     * @throws BadExperimentException when they cannot
     */
    public static void check(Experiment experiment) {
        List<Way> ways = experiment.serving().map(Serving::ways).orElse(List.of());
        for (Way way : ways) {
            if (!(way instanceof Way.Containers containers)) {
                throw new BadExperimentException(experiment.name() + ": serving: " + way.name()
                        + " is a way within one machine; allowed with --on kubernetes: containers");
            }
            if (containers.periodMs() * 1000L != Quota.PERIOD_US) {
                throw new BadExperimentException(experiment.name() + ": serving: period_ms: " + containers.periodMs()
                        + ": a kubelet's period is 100 ms; allowed with --on kubernetes: 100");
            }
        }
        if (experiment.workload().count() > MOST_PODS) {
            throw new BadExperimentException(experiment.name() + ": workload: "
                    + experiment.workload().count() + " pods at once; allowed with --on kubernetes: up to "
                    + MOST_PODS);
        }
    }

    @Override
    public Run serve(Experiment experiment, Way way, long seed) throws InterruptedException {
        Way.Containers containers = (Way.Containers) way;
        List<Arrival> arrivals = experiment.workload().arrivals(seed);
        int millicores = millicores(containers, arrivals.size(), experiment.cores());
        List<PodWorker> pods = site.containers(arrivals.size(), millicores);
        if (rehearsed < arrivals.size()) {
            // A first request would otherwise be served by code that is still loaded.
            rehearsed = arrivals.size();
            measure(pods, small(arrivals));
        }
        Measured measured = measure(pods, arrivals);
        return Runs.of(
                seed,
                measured.requests(),
                Theory.ifKnown(experiment, way, seed),
                Map.of(
                        Measure.CPU_S, measured.used().cpuS(),
                        Measure.THROTTLED_S, measured.used().throttledS(),
                        Measure.QUOTA_MILLI, (double) millicores),
                measured.otherCores());
    }

    /** Of each: whole millicores, as Kubernetes has them, and no fewer than the kernel's least quota is. */
    private static int millicores(Way.Containers containers, int count, int cores) {
        return (int) Math.max(LEAST_MILLI, containers.quotaUs(count, cores) / containers.periodMs());
    }

    private record Measured(List<Served> requests, CpuUse used, double otherCores) {}

    private Measured measure(List<PodWorker> pods, List<Arrival> arrivals) throws InterruptedException {
        site.told().clear();
        Site.Counted before = site.count();
        long counted = System.nanoTime();
        List<Served> requests = new ServedRun(
                        arrivals,
                        new Line<>(pods, (pod, request) -> pod.serve(request.id(), request.sizeS())),
                        site.told(),
                        System.nanoTime() + LEAD_NANOS)
                .run();
        Site.Counted after = site.count();
        double seconds = (System.nanoTime() - counted) / 1e9;
        CpuUse used = after.workers().since(before.workers());
        double others = Math.max(0, after.machineS() - before.machineS() - used.cpuS());
        return new Measured(requests, used, others / seconds);
    }

    private static List<Arrival> small(List<Arrival> arrivals) {
        return arrivals.stream()
                .map(a -> new Arrival(a.id(), 0, REHEARSED_SIZE_S, a.labels()))
                .toList();
    }

    /** What a reader of the report should know of the cluster. */
    public Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>(site.facts());
        facts.put("limits", "pods/resize, the CPU limit as a ceiling over a request of 10m, QoS Burstable");
        // Quotas are there before a run begins.
        facts.remove(ClusterSite.HANDOVERS);
        return facts;
    }

    @Override
    public void close() {
        site.close();
    }
}
