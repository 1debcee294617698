package io.framequota.cli.experiment;

import io.framequota.cli.terminal.Failure;
import io.framequota.scheduler.experiment.Conductor;
import io.framequota.scheduler.experiment.Experiment;
import io.framequota.scheduler.experiment.OtherWork;
import io.framequota.scheduler.experiment.PolicyResult;
import io.framequota.scheduler.experiment.Progress;
import io.framequota.scheduler.experiment.Run;
import io.framequota.scheduler.experiment.RunFailedException;
import io.framequota.scheduler.experiment.Runner;
import io.framequota.scheduler.experiment.kubernetes.ClusterServer;
import io.framequota.scheduler.experiment.kubernetes.ClusterSite;
import io.framequota.scheduler.experiment.kubernetes.NoClusterException;
import io.framequota.scheduler.experiment.kubernetes.Place;
import io.framequota.scheduler.experiment.kubernetes.ReportMap;
import io.framequota.scheduler.experiment.real.RealRunner;
import io.framequota.scheduler.experiment.simulator.SimulatedYardsticks;
import io.framequota.scheduler.experiment.simulator.SimulatorPredictor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Runs in a cluster. A class of its own: no other command loads a Kubernetes client. */
final class ClusterRuns {
    /** From here on, four equal requests on two cores are no longer best served one at a time. */
    private static final double SLOW_MS = 167;

    static List<PolicyResult> run(
            Place place,
            List<Experiment> variants,
            int repeat,
            Progress progress,
            Map<String, String> facts,
            List<String> notices)
            throws InterruptedException {
        variants.forEach(ClusterSite::check);
        try (Runner runner = new RealRunner(ClusterSite.open(place), new SimulatorPredictor())) {
            List<PolicyResult> results =
                    new Conductor(runner, new SimulatedYardsticks(), progress).run(variants, repeat);
            facts.putAll(runner.facts());
            double slowest = results.stream()
                    .mapToDouble(r -> r.median(Run::handoverMs))
                    .max()
                    .orElse(0);
            if (slowest > SLOW_MS) {
                notices.add(String.format(
                        Locale.ROOT,
                        "From a job's end until the next one had its share took %.0f ms under one of the policies. Four"
                                + " equal requests on two cores lose by running one at a time above %.0f ms.",
                        slowest,
                        SLOW_MS));
            }
            return results;
        } catch (NoClusterException e) {
            throw Failure.missing(String.valueOf(e.getMessage()));
        }
    }

    /** Serves requests in containers of a cluster. */
    static List<PolicyResult> serve(
            Place place, List<Experiment> variants, int repeat, Progress progress, Map<String, String> facts)
            throws InterruptedException {
        variants.forEach(ClusterServer::check);
        try (ClusterServer server = new ClusterServer(ClusterSite.open(place))) {
            List<PolicyResult> results = new Conductor(server, progress).run(variants, repeat);
            facts.putAll(server.facts());
            facts.put("other work", OtherWork.beside(results).words());
            return results;
        } catch (NoClusterException e) {
            throw Failure.missing(String.valueOf(e.getMessage()));
        }
    }

    /** Puts a report into a ConfigMap. */
    static void keep(Optional<String> namespace, String name, Path folder) throws IOException {
        try {
            ReportMap.write(namespace, name, folder);
        } catch (NoClusterException e) {
            throw Failure.missing(String.valueOf(e.getMessage()));
        } catch (RunFailedException e) {
            throw Failure.work(String.valueOf(e.getMessage()));
        }
    }

    private ClusterRuns() {}
}
