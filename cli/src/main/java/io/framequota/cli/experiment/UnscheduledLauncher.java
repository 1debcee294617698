package io.framequota.cli.experiment;

import io.framequota.common.failure.Failure;
import io.framequota.lab.experiment.BackgroundLoad;
import io.framequota.lab.experiment.ContenderResult;
import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.ExperimentBackend;
import io.framequota.lab.experiment.ExperimentRunner;
import io.framequota.lab.experiment.ProgressListener;
import io.framequota.lab.experiment.ServingMode;
import io.framequota.lab.experiment.ServingRunner;
import io.framequota.lab.kubernetes.BurnerPodSettings;
import io.framequota.lab.local.LocalServingRunner;
import io.framequota.lab.serving.TheoryServingRunner;
import io.framequota.scheduler.cgroup.CgroupDetector;
import io.framequota.scheduler.cgroup.CgroupSupport;
import java.util.List;
import java.util.Map;

/** Runs an experiment that compares ways of serving without a scheduler. */
final class UnscheduledLauncher {
    private static final String WITHOUT = "quotas and weights cannot be used here because ";

    private final ProgressListener progress;
    private final BurnerPodSettings podSettings;
    private final Map<String, String> facts;
    private final List<String> notices;

    /**
     * A launcher that adds facts and notices of the report.
     *
     * @param progress receives the progress of each run
     * @param podSettings of runs in a cluster
     */
    UnscheduledLauncher(
            ProgressListener progress, BurnerPodSettings podSettings, Map<String, String> facts, List<String> notices) {
        this.progress = progress;
        this.podSettings = podSettings;
        this.facts = facts;
        this.notices = notices;
    }

    List<ContenderResult> run(ExperimentBackend backend, List<Experiment> variants, int repeat)
            throws InterruptedException {
        return switch (backend) {
            case SIMULATOR -> {
                try (ServingRunner runner = new TheoryServingRunner()) {
                    yield run(runner, variants, repeat);
                }
            }
            case LOCAL -> local(variants, repeat);
            case KUBERNETES -> KubernetesLauncher.serve(podSettings, variants, repeat, progress, facts);
        };
    }

    private List<ContenderResult> local(List<Experiment> variants, int repeat) throws InterruptedException {
        CgroupSupport enforcement = CgroupDetector.open();
        switch (enforcement) {
            case CgroupSupport.Available(var groups) -> facts.put("groups", groups.description());
            case CgroupSupport.Unavailable no -> {
                if (variants.stream().anyMatch(UnscheduledLauncher::limited)) {
                    throw Failure.missing(WITHOUT + no.reason() + "; run as a user that may use control groups");
                }
                notices.add(WITHOUT + no.reason() + ": other processes compete equally for the cores");
            }
        }
        int cores = variants.stream().mapToInt(Experiment::cores).max().orElseThrow();
        try (ServingRunner runner = new LocalServingRunner(enforcement, cores)) {
            // Everything that can be refused is refused before a process is started; what was opened is closed.
            variants.forEach(v -> LocalServingRunner.check(v, enforcement));
            List<ContenderResult> results = run(runner, variants, repeat);
            facts.put("other work", BackgroundLoad.beside(results).words());
            return results;
        }
    }

    private static boolean limited(Experiment experiment) {
        return experiment.serving().orElseThrow().modes().stream().anyMatch(ServingMode::limited);
    }

    private List<ContenderResult> run(ServingRunner runner, List<Experiment> variants, int repeat)
            throws InterruptedException {
        return new ExperimentRunner(runner, progress).run(variants, repeat);
    }
}
