package io.framequota.cli.experiment;

import io.framequota.cli.options.LocalOptions;
import io.framequota.cli.terminal.Terminal;
import io.framequota.common.failure.Failure;
import io.framequota.lab.experiment.ActuatorKind;
import io.framequota.lab.experiment.BackgroundLoad;
import io.framequota.lab.experiment.ContenderResult;
import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.ExperimentRunner;
import io.framequota.lab.experiment.PolicyRunner;
import io.framequota.lab.experiment.ProgressListener;
import io.framequota.lab.experiment.ResponsePredictor;
import io.framequota.lab.experiment.VideoWorkload;
import io.framequota.lab.videos.SystemSettings;
import io.framequota.lab.videos.VideoRunner;
import io.framequota.local.Installation;
import io.framequota.scheduler.cgroup.CgroupDetector;
import io.framequota.scheduler.cgroup.CgroupSupport;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Runs an experiment with videos in local systems that it starts. */
final class VideoExperiments {
    private final Installation installation;
    private final Terminal terminal;
    private final ResponsePredictor predictor;
    private final int processors = Runtime.getRuntime().availableProcessors();

    VideoExperiments(Installation installation, Terminal terminal, ResponsePredictor predictor) {
        this.installation = installation;
        this.terminal = terminal;
        this.predictor = predictor;
    }

    /**
     * Runs each policy of each variant.
     *
     * @param facts for the report, to be added to
     * @param notices for the report, to be added to
     */
    List<ContenderResult> run(
            List<Experiment> variants,
            int repeat,
            ProgressListener progress,
            Map<String, String> facts,
            List<String> notices)
            throws InterruptedException {
        variants.forEach(this::check);
        List<Experiment> possible = possible(variants, notices);
        try (PolicyRunner runner = new VideoRunner(
                settings -> LocalVideoSystem.start(installation, terminal, settings),
                predictor,
                possible,
                processors,
                terminal::progress)) {
            // The optimum for these videos is not known, because their sizes are only measured.
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
                // This only asks whether there are control groups; the system makes its own.
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

    private void check(Experiment experiment) {
        VideoRunner.check(experiment, processors);
        VideoWorkload videos = VideoWorkload.of(experiment).orElseThrow();
        SystemSettings settings = SystemSettings.of(experiment, ActuatorKind.DISPATCH, List.of(experiment));
        try {
            LocalOptions.checkModel(
                    LocalVideoSystem.settings(settings, installation),
                    installation.ownModels(),
                    videos.model().text());
        } catch (Failure e) {
            throw videos.model().bad(e.line());
        }
    }
}
