package io.framequota.lab.videos;

import io.framequota.lab.experiment.ActuatorKind;
import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.ExperimentBackend;
import io.framequota.lab.experiment.VideoWorkload;
import io.framequota.scheduler.quota.Actuator;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The settings of the system that a run needs. Runs with equal settings can use the same system.
 *
 * @param workers number of workers
 * @param cores that the workers' servers share
 * @param budget millicores that the policies divide
 * @param limits actuator to start with; under dispatch the system makes no control groups
 * @param repository model repository beside the built-in models
 */
public record SystemSettings(int workers, int cores, int budget, Actuator limits, Optional<Path> repository) {
    /** Limit for quotas, where each job has workers of its own; each worker is two processes. */
    static final int MOST_WORKERS = 8;

    private static final int STEP = 10;

    /**
     * The settings for an experiment under an actuator.
     *
     * @param variants all variants of the experiment; the largest one determines the number of workers
     */
    public static SystemSettings of(Experiment experiment, ActuatorKind actuator, List<Experiment> variants) {
        int cores = experiment.cores();
        // Chunks run on whole cores.
        int budget = actuator == ActuatorKind.DISPATCH
                ? 1000 * cores
                : (int) Math.max(
                        STEP,
                        Math.floor(experiment.budget() * experiment.scaleOn(ExperimentBackend.LOCAL) / STEP + 1e-9)
                                * STEP);
        int requests = variants.stream()
                .flatMap(v -> VideoWorkload.of(v).stream())
                .mapToInt(VideoWorkload::count)
                .max()
                .orElse(1);
        boolean shares =
                variants.stream().flatMap(v -> v.actuators().stream()).anyMatch(a -> a != ActuatorKind.DISPATCH);
        return new SystemSettings(
                shares ? Math.max(cores, Math.min(requests, MOST_WORKERS)) : cores,
                cores,
                budget,
                shares ? Actuator.QUOTA : Actuator.DISPATCH,
                VideoWorkload.of(experiment).flatMap(VideoWorkload::repository).map(VideoWorkload.Named::path));
    }
}
