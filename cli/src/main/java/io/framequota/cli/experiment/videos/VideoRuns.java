package io.framequota.cli.experiment.videos;

import io.framequota.cli.local.Installation;
import io.framequota.cli.local.LocalOptions;
import io.framequota.cli.terminal.Failure;
import io.framequota.cli.terminal.Terminal;
import io.framequota.scheduler.enforce.Enforcement;
import io.framequota.scheduler.enforce.cgroup.Cgroups;
import io.framequota.scheduler.experiment.Actuator;
import io.framequota.scheduler.experiment.BadExperimentException;
import io.framequota.scheduler.experiment.Conductor;
import io.framequota.scheduler.experiment.Experiment;
import io.framequota.scheduler.experiment.Home;
import io.framequota.scheduler.experiment.OtherWork;
import io.framequota.scheduler.experiment.PolicyResult;
import io.framequota.scheduler.experiment.Predictor;
import io.framequota.scheduler.experiment.Progress;
import io.framequota.scheduler.experiment.Runner;
import io.framequota.scheduler.experiment.Videos;
import io.framequota.scheduler.policy.Speedup;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Runs an experiment with videos on this machine. */
public final class VideoRuns {

    private final Installation installation;
    private final Terminal terminal;
    private final Predictor predictor;
    private final int processors = Runtime.getRuntime().availableProcessors();

    public VideoRuns(Installation installation, Terminal terminal, Predictor predictor) {
        this.installation = installation;
        this.terminal = terminal;
        this.predictor = predictor;
    }

    /**
     * Refuses what cannot run in a place.
     *
     * @throws BadExperimentException for videos elsewhere than on this machine, whose sizes are not known
     */
    public static void check(Experiment experiment, Home home) {
        Videos videos = Videos.of(experiment).orElse(null);
        if (videos == null || home == Home.LOCAL || (home == Home.SIMULATOR && videos.sized())) {
            return;
        }
        String instead = home == Home.SIMULATOR
                ? "the simulator cannot know what videos cost; allowed: --on local, or sizes: [...] in workload.videos, the"
                        + " CPU seconds of each source at one core"
                : "videos do not run in pods of burners; allowed: --on local";
        throw new BadExperimentException(experiment.name() + ": workload.videos: " + instead);
    }

    /**
     * Each policy of the variants so many times.
     *
     * @param progress is told each run
     * @param facts and {@code notices} are added to
     */
    public List<PolicyResult> run(
            List<Experiment> variants, int repeat, Progress progress, Map<String, String> facts, List<String> notices)
            throws InterruptedException {
        variants.forEach(this::check);
        List<Experiment> possible = possible(variants, notices);
        try (Runner runner = new VideoRunner(
                terms -> LocalVideoSystem.start(installation, terminal, terms),
                predictor,
                possible,
                processors,
                terminal::progress)) {
            // Sizes are measured, not given: no optimum is known for them.
            List<PolicyResult> results =
                    new Conductor(runner, (experiment, actuator) -> Optional.empty(), progress).run(possible, repeat);
            facts.putAll(runner.facts());
            OtherWork others = OtherWork.beside(results);
            facts.put("other work", others.words());
            if (others.noisy()) {
                notices.add(String.format(
                        Locale.ROOT,
                        "The machine was not quiet: in one run other processes used %.1f cores. Expect times longer than"
                                + " predicted.",
                        others.cores()));
            }
            return results;
        }
    }

    private List<Experiment> possible(List<Experiment> variants, List<String> notices) {
        if (variants.stream().allMatch(v -> v.actuators().equals(List.of(Actuator.DISPATCH)))) {
            return variants;
        }
        return switch (Cgroups.open()) {
            case Enforcement.Available(var groups) -> {
                // Only asked: the system makes groups of its own.
                groups.close();
                yield variants;
            }
            case Enforcement.Unavailable no -> {
                notices.add(no.notice());
                terminal.say(no.notice());
                yield variants.stream()
                        .map(v -> v.under(List.of(Actuator.DISPATCH)))
                        .toList();
            }
        };
    }

    /** Everything that can be refused is refused before anything is started. */
    private void check(Experiment experiment) {
        Videos videos = Videos.of(experiment).orElseThrow();
        if (!(experiment.speedup() instanceof Speedup.Linear)) {
            throw new BadExperimentException(experiment.name() + ": speedup: " + experiment.speedupText()
                    + " cannot be asked of videos, they take the cores they are given; allowed: linear");
        }
        if (experiment.cores() > processors) {
            throw new BadExperimentException(experiment.name() + ": cores: " + experiment.cores()
                    + " are more than this machine has; allowed: up to " + processors);
        }
        videos.requests().forEach(VideoRuns::checkSource);
        videos.repository().filter(r -> !Files.isDirectory(r.path())).ifPresent(r -> {
            throw r.bad("there is no folder " + r.text() + " beside the experiment; allowed: a model repository");
        });
        try {
            LocalOptions.checkModel(
                    SystemTerms.of(experiment, Actuator.DISPATCH, List.of(experiment))
                            .settings(),
                    videos.model().text());
        } catch (Failure e) {
            throw videos.model().bad(e.line());
        }
    }

    private static void checkSource(Videos.Named named) {
        try {
            Requests.source(named);
        } catch (Failure e) {
            throw named.bad(e.line());
        }
    }
}
