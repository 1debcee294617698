package io.framequota.lab.kubernetes;

import io.framequota.common.cgroup.CpuQuota;
import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.InvalidExperimentException;
import io.framequota.lab.experiment.Run;
import io.framequota.lab.experiment.ServingComparison;
import io.framequota.lab.experiment.ServingMetric;
import io.framequota.lab.experiment.ServingMode;
import io.framequota.lab.experiment.ServingRunner;
import io.framequota.lab.serving.ServedRequest;
import io.framequota.lab.serving.ServingRuns;
import io.framequota.lab.serving.ServingTheory;
import io.framequota.lab.worker.FirstFreeRouter;
import io.framequota.lab.worker.Measurement;
import io.framequota.lab.worker.RequestRouter;
import io.framequota.lab.worker.ServingRun;
import io.framequota.scheduler.simulator.Arrival;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Serves requests in a cluster, each in a pod with its own quota that is started before the request arrives. */
public final class KubernetesServingRunner implements ServingRunner {
    private static final int LEAST_MILLI = 10;
    /** Pods that a node with default settings accepts beside its own. */
    private static final int MOST_PODS = 64;

    private static final double REHEARSED_SIZE_S = 0.01;

    private final KubernetesBackend backend;
    private int rehearsed;

    /** Uses a backend, and closes it with the runner. */
    public KubernetesServingRunner(KubernetesBackend backend) {
        this.backend = backend;
    }

    /**
     * Checks that an experiment's requests can be served in a cluster.
     *
     * @throws InvalidExperimentException if they cannot
     */
    public static void check(Experiment experiment) {
        List<ServingMode> modes =
                experiment.serving().map(ServingComparison::modes).orElse(List.of());
        for (ServingMode mode : modes) {
            if (!(mode instanceof ServingMode.Containers containers)) {
                throw new InvalidExperimentException(experiment.name() + ": serving: " + mode.name()
                        + " is a way within one machine; allowed with --on kubernetes: containers");
            }
            if (containers.periodMs() * 1000L != CpuQuota.PERIOD_US) {
                throw new InvalidExperimentException(experiment.name() + ": serving: period_ms: "
                        + containers.periodMs() + ": a kubelet's period is 100 ms; allowed with --on kubernetes: 100");
            }
        }
        if (experiment.workload().count() > MOST_PODS) {
            throw new InvalidExperimentException(experiment.name() + ": workload: "
                    + experiment.workload().count() + " pods at once; allowed with --on kubernetes: up to "
                    + MOST_PODS);
        }
    }

    @Override
    public Run serve(Experiment experiment, ServingMode mode, long seed) throws InterruptedException {
        ServingMode.Containers containers = (ServingMode.Containers) mode;
        List<Arrival> arrivals = experiment.workload().arrivals(seed);
        int millicores = millicores(containers, arrivals.size(), experiment.cores());
        List<PodWorker> pods = backend.containers(arrivals.size(), millicores);
        if (rehearsed < arrivals.size()) {
            // The rehearsal loads the code of each pod.
            rehearsed = arrivals.size();
            measure(pods, ServingRun.rehearsal(arrivals, REHEARSED_SIZE_S));
        }
        Measurement<List<ServedRequest>> measured = measure(pods, arrivals);
        return ServingRuns.of(
                seed,
                measured.result(),
                ServingTheory.ifKnown(experiment, mode, seed),
                Map.of(
                        ServingMetric.CPU_S, measured.used().cpuS(),
                        ServingMetric.THROTTLED_S, measured.used().throttledS(),
                        ServingMetric.QUOTA_MILLI, (double) millicores),
                measured.otherCores());
    }

    /** The quota of each pod: whole millicores, at least the kernel's smallest quota. */
    private static int millicores(ServingMode.Containers containers, int count, int cores) {
        return (int) Math.max(LEAST_MILLI, containers.quotaUs(count, cores) / containers.periodMs());
    }

    private Measurement<List<ServedRequest>> measure(List<PodWorker> pods, List<Arrival> arrivals)
            throws InterruptedException {
        RequestRouter router = new FirstFreeRouter<>(pods, (pod, request) -> pod.serve(request.id(), request.sizeS()));
        return Measurement.of(backend, start -> new ServingRun(arrivals, router, backend.events(), start).run());
    }

    /** Facts about the cluster for the report. */
    public Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>(backend.facts());
        facts.put("limits", "pods/resize, the CPU limit as a ceiling over a request of 10m, QoS Burstable");
        // Quotas are in force before a run begins, so there are no handovers.
        facts.remove(KubernetesBackend.HANDOVERS);
        return facts;
    }

    @Override
    public void close() {
        backend.close();
    }
}
