package io.framequota.cli.experiment;

import io.framequota.cli.terminal.Terminal;
import io.framequota.lab.experiment.ActuatorKind;
import io.framequota.lab.experiment.BackgroundLoad;
import io.framequota.lab.experiment.ContenderResult;
import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.ExperimentBackend;
import io.framequota.lab.experiment.ExperimentResult;
import io.framequota.lab.experiment.ExperimentRunner;
import io.framequota.lab.experiment.PolicyRunner;
import io.framequota.lab.experiment.VideoWorkload;
import io.framequota.lab.experiment.YardstickSource;
import io.framequota.lab.kubernetes.BurnerPodSettings;
import io.framequota.lab.local.LocalBackend;
import io.framequota.lab.simulator.SimulatedYardsticks;
import io.framequota.lab.simulator.SimulatorPredictor;
import io.framequota.lab.simulator.SimulatorRunner;
import io.framequota.lab.videos.VideoRunner;
import io.framequota.lab.worker.BurnerPolicyRunner;
import io.framequota.local.Installation;
import io.framequota.scheduler.cgroup.CgroupDetector;
import io.framequota.scheduler.cgroup.CgroupSupport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Runs an experiment on its backend: simulator, this machine or a cluster. */
final class ExperimentLauncher {
    /** Part of the machine that an experiment may take and still leave room. */
    private static final double ROOM = 0.75;

    private final Terminal terminal;
    private final Installation installation;
    private final BurnerPodSettings podSettings;
    private final CompletedRuns completed;
    private final List<String> notices = new ArrayList<>();
    private final Map<String, String> facts = new LinkedHashMap<>();

    /**
     * @param installation that starts systems for videos
     * @param podSettings of runs in a cluster
     * @param completed collects the completed runs
     */
    ExperimentLauncher(
            Terminal terminal, Installation installation, BurnerPodSettings podSettings, CompletedRuns completed) {
        this.terminal = terminal;
        this.installation = installation;
        this.podSettings = podSettings;
        this.completed = completed;
    }

    /** Adds a notice to the report. */
    void notice(String words) {
        notices.add(words);
    }

    /** The result so far, after at least one run. */
    ExperimentResult unfinished(ExperimentBackend backend, List<Experiment> variants) {
        List<String> all = new ArrayList<>(notices);
        all.addFirst("Not complete: the experiment failed or was interrupted after "
                + (completed.count() == 1 ? "one run." : completed.count() + " runs."));
        return new ExperimentResult(variants.getFirst(), backend, completed.results(), all, facts, Instant.now());
    }

    ExperimentResult run(ExperimentBackend backend, List<Experiment> variants, int repeat) throws InterruptedException {
        variants.forEach(v -> VideoRunner.checkBackend(v, backend));
        facts.putAll(MachineFacts.facts());
        List<ContenderResult> results = variants.getFirst().serving().isPresent()
                ? new UnscheduledLauncher(completed, podSettings, facts, notices).run(backend, variants, repeat)
                : policies(backend, variants, repeat);
        return new ExperimentResult(variants.getFirst(), backend, results, notices, facts, Instant.now());
    }

    private List<ContenderResult> policies(ExperimentBackend backend, List<Experiment> variants, int repeat)
            throws InterruptedException {
        return switch (backend) {
            case SIMULATOR -> {
                try (PolicyRunner runner = new SimulatorRunner()) {
                    yield run(runner, new SimulatedYardsticks(), variants, repeat);
                }
            }
            case LOCAL -> local(variants, repeat);
            case KUBERNETES -> KubernetesLauncher.run(podSettings, variants, repeat, completed, facts, notices);
        };
    }

    private List<ContenderResult> local(List<Experiment> variants, int repeat) throws InterruptedException {
        if (variants.stream().anyMatch(v -> VideoWorkload.of(v).isPresent())) {
            return new VideoExperiments(installation, terminal, new SimulatorPredictor())
                    .run(variants, repeat, completed, facts, notices);
        }
        // Everything that can be refused is refused before anything is started.
        variants.forEach(v -> LocalBackend.check(v, v.actuators()));
        CgroupSupport enforcement = CgroupDetector.open();
        List<Experiment> possible = new ArrayList<>();
        switch (enforcement) {
            case CgroupSupport.Available(var groups) -> {
                facts.put("limits", groups.description());
                possible.addAll(variants);
            }
            case CgroupSupport.Unavailable no -> {
                if (variants.stream().anyMatch(v -> !v.actuators().equals(List.of(ActuatorKind.DISPATCH)))) {
                    notices.add(no.notice());
                    terminal.say(no.notice());
                }
                variants.forEach(v -> possible.add(v.under(List.of(ActuatorKind.DISPATCH))));
            }
        }
        if (possible.stream().anyMatch(v -> v.actuators().contains(ActuatorKind.DISPATCH))) {
            notices.add("Dispatched chunks run on whole cores; only their sizes are scaled, so responses are shorter"
                    + " than under quotas.");
        }
        // The yardstick does not apply to dispatch: it assumes shares, not whole cores.
        YardstickSource sized = (experiment, actuator) -> actuator == ActuatorKind.DISPATCH
                ? Optional.empty()
                : new SimulatedYardsticks().best(experiment, actuator);
        try (PolicyRunner runner = new BurnerPolicyRunner(new LocalBackend(enforcement), new SimulatorPredictor())) {
            List<ContenderResult> results = run(runner, sized, possible, repeat);
            BackgroundLoad others = BackgroundLoad.beside(results);
            facts.put("other work", others.words());
            if (others.noisy() && !(enforcement instanceof CgroupSupport.Available && leavesRoom(variants))) {
                notices.add(String.format(
                        Locale.ROOT,
                        "The machine was not quiet: in one run other processes used %.1f cores, and this experiment"
                                + " leaves none to them. Expect times longer than predicted.",
                        others.cores()));
            }
            return results;
        }
    }

    /** Whether the budgets leave a quarter of the machine free; other work then does not slow the run. */
    private static boolean leavesRoom(List<Experiment> variants) {
        double there = 1000.0 * Runtime.getRuntime().availableProcessors();
        return variants.stream()
                .allMatch(v -> !v.actuators().contains(ActuatorKind.DISPATCH)
                        && v.budget() * v.scaleOn(ExperimentBackend.LOCAL) <= ROOM * there);
    }

    private List<ContenderResult> run(
            PolicyRunner runner, YardstickSource yardsticks, List<Experiment> variants, int repeat)
            throws InterruptedException {
        return new ExperimentRunner(runner, yardsticks, completed).run(variants, repeat);
    }
}
