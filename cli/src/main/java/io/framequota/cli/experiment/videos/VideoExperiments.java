package io.framequota.cli.experiment.videos;

import io.framequota.cli.options.LocalOptions;
import io.framequota.cli.terminal.Terminal;
import io.framequota.common.failure.Failure;
import io.framequota.lab.experiment.ActuatorKind;
import io.framequota.lab.experiment.BackgroundLoad;
import io.framequota.lab.experiment.ContenderResult;
import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.ExperimentBackend;
import io.framequota.lab.experiment.ExperimentRunner;
import io.framequota.lab.experiment.InvalidExperimentException;
import io.framequota.lab.experiment.PolicyRunner;
import io.framequota.lab.experiment.ProgressListener;
import io.framequota.lab.experiment.ResponsePredictor;
import io.framequota.lab.experiment.VideoWorkload;
import io.framequota.local.Installation;
import io.framequota.scheduler.cgroup.CgroupDetector;
import io.framequota.scheduler.cgroup.CgroupSupport;
import io.framequota.scheduler.policy.Speedup;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Runs an experiment with videos on this machine. */
public final class VideoExperiments {

    private final Installation installation;
    private final Terminal terminal;
    private final ResponsePredictor predictor;
    private final int processors = Runtime.getRuntime().availableProcessors();

    public VideoExperiments(Installation installation, Terminal terminal, ResponsePredictor predictor) {
        this.installation = installation;
        this.terminal = terminal;
        this.predictor = predictor;
    }

    /**
     * Refuses what cannot run in a place.
     *
     * @throws InvalidExperimentException for videos elsewhere than on this machine, whose sizes are not known
     */
    public static void check(Experiment experiment, ExperimentBackend home) {
        VideoWorkload videos = VideoWorkload.of(experiment).orElse(null);
        if (videos == null
                || home == ExperimentBackend.LOCAL
                || (home == ExperimentBackend.SIMULATOR && videos.sized())) {
            return;
        }
        String instead = home == ExperimentBackend.SIMULATOR
                ? "the simulator cannot know what videos cost; allowed: --on local, or sizes: [...] in workload.videos, the"
                        + " CPU seconds of each source at one core"
                : "videos do not run in pods of burners; allowed: --on local";
        throw new InvalidExperimentException(experiment.name() + ": workload.videos: " + instead);
    }

    /**
     * Each policy of the variants so many times.
     *
     * @param progress is told each run
     * @param facts and {@code notices} are added to
     */
    public List<ContenderResult> run(
            List<Experiment> variants,
            int repeat,
            ProgressListener progress,
            Map<String, String> facts,
            List<String> notices)
            throws InterruptedException {
        variants.forEach(this::check);
        List<Experiment> possible = possible(variants, notices);
        try (PolicyRunner runner = new VideoRunner(
                terms -> LocalVideoSystem.start(installation, terminal, terms),
                predictor,
                possible,
                processors,
                terminal::progress)) {
            // Sizes are measured, not given: no optimum is known for them.
            List<ContenderResult> results = new ExperimentRunner(
                            runner, (experiment, actuator) -> Optional.empty(), progress)
                    .run(possible, repeat);
            facts.putAll(runner.facts());
            BackgroundLoad others = BackgroundLoad.beside(results);
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
        if (variants.stream().allMatch(v -> v.actuators().equals(List.of(ActuatorKind.DISPATCH)))) {
            return variants;
        }
        return switch (CgroupDetector.open()) {
            case CgroupSupport.Available(var groups) -> {
                // Only asked: the system makes groups of its own.
                groups.close();
                yield variants;
            }
            case CgroupSupport.Unavailable no -> {
                notices.add(no.notice());
                terminal.say(no.notice());
                yield variants.stream()
                        .map(v -> v.under(List.of(ActuatorKind.DISPATCH)))
                        .toList();
            }
        };
    }

    /** Everything that can be refused is refused before anything is started. */
    private void check(Experiment experiment) {
        VideoWorkload videos = VideoWorkload.of(experiment).orElseThrow();
        if (!(experiment.speedup() instanceof Speedup.Linear)) {
            throw new InvalidExperimentException(experiment.name() + ": speedup: " + experiment.speedupText()
                    + " cannot be asked of videos, they take the cores they are given; allowed: linear");
        }
        if (experiment.cores() > processors) {
            throw new InvalidExperimentException(experiment.name() + ": cores: " + experiment.cores()
                    + " are more than this machine has; allowed: up to " + processors);
        }
        videos.requests().forEach(VideoExperiments::checkSource);
        videos.repository().filter(r -> !Files.isDirectory(r.path())).ifPresent(r -> {
            throw r.bad("there is no folder " + r.text() + " beside the experiment; allowed: a model repository");
        });
        try {
            LocalOptions.checkModel(
                    SystemSettings.of(experiment, ActuatorKind.DISPATCH, List.of(experiment))
                            .settings(),
                    videos.model().text());
        } catch (Failure e) {
            throw videos.model().bad(e.line());
        }
    }

    private static void checkSource(VideoWorkload.Named named) {
        try {
            RequestSubmitter.source(named);
        } catch (Failure e) {
            throw named.bad(e.line());
        }
    }
}
