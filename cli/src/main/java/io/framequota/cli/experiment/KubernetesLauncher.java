package io.framequota.cli.experiment;

import io.framequota.common.failure.Failure;
import io.framequota.lab.experiment.BackgroundLoad;
import io.framequota.lab.experiment.ContenderResult;
import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.ExperimentRunner;
import io.framequota.lab.experiment.PolicyRunner;
import io.framequota.lab.experiment.ProgressListener;
import io.framequota.lab.experiment.Run;
import io.framequota.lab.experiment.RunFailedException;
import io.framequota.lab.kubernetes.BurnerPodSettings;
import io.framequota.lab.kubernetes.ClusterUnavailableException;
import io.framequota.lab.kubernetes.KubernetesBackend;
import io.framequota.lab.kubernetes.KubernetesServingRunner;
import io.framequota.lab.kubernetes.ReportConfigMap;
import io.framequota.lab.simulator.SimulatedYardsticks;
import io.framequota.lab.simulator.SimulatorPredictor;
import io.framequota.lab.worker.BurnerPolicyRunner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Runs in a cluster. A class of its own: no other command loads a Kubernetes client. */
final class KubernetesLauncher {
    /** Handover above which one-request-at-a-time loses to one-core-per-request: four equal requests, two cores. */
    private static final double SLOW_MS = 167;

    static List<ContenderResult> run(
            BurnerPodSettings podSettings,
            List<Experiment> variants,
            int repeat,
            ProgressListener progress,
            Map<String, String> facts,
            List<String> notices)
            throws InterruptedException {
        variants.forEach(KubernetesBackend::check);
        try (PolicyRunner runner =
                new BurnerPolicyRunner(KubernetesBackend.open(podSettings), new SimulatorPredictor())) {
            List<ContenderResult> results =
                    new ExperimentRunner(runner, new SimulatedYardsticks(), progress).run(variants, repeat);
            facts.putAll(runner.facts());
            double slowest = results.stream()
                    .mapToDouble(r -> r.median(Run::handoverMs))
                    .max()
                    .orElse(0);
            if (slowest > SLOW_MS) {
                notices.add(String.format(
                        Locale.ROOT,
                        "The handover between jobs took %.0f ms under one policy. Above %.0f ms, one-request-at-a-time is"
                                + " slower than one-core-per-request for four equal requests on two cores.",
                        slowest,
                        SLOW_MS));
            }
            return results;
        } catch (ClusterUnavailableException e) {
            throw Failure.missing(String.valueOf(e.getMessage()));
        }
    }

    /** Serves requests in containers of a cluster. */
    static List<ContenderResult> serve(
            BurnerPodSettings podSettings,
            List<Experiment> variants,
            int repeat,
            ProgressListener progress,
            Map<String, String> facts)
            throws InterruptedException {
        variants.forEach(KubernetesServingRunner::check);
        try (KubernetesServingRunner runner = new KubernetesServingRunner(KubernetesBackend.open(podSettings))) {
            List<ContenderResult> results = new ExperimentRunner(runner, progress).run(variants, repeat);
            facts.putAll(runner.facts());
            facts.put("other work", BackgroundLoad.beside(results).words());
            return results;
        } catch (ClusterUnavailableException e) {
            throw Failure.missing(String.valueOf(e.getMessage()));
        }
    }

    /** Puts a report into a ConfigMap. */
    static void keep(Optional<String> namespace, String name, Path folder) throws IOException {
        try {
            ReportConfigMap.write(namespace, name, folder);
        } catch (ClusterUnavailableException e) {
            throw Failure.missing(String.valueOf(e.getMessage()));
        } catch (RunFailedException e) {
            throw Failure.work(String.valueOf(e.getMessage()));
        }
    }

    private KubernetesLauncher() {}
}
