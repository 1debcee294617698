package io.framequota.cli.experiment.videos;

import io.framequota.lab.experiment.ActuatorKind;
import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.ExperimentBackend;
import io.framequota.lab.experiment.VideoWorkload;
import io.framequota.local.LocalSettings;
import io.framequota.scheduler.quota.Actuator;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a run needs of the system that it takes place in; equal terms can share one.
 *
 * @param workers how many
 * @param cores that the workers' servers share
 * @param budget millicores that the policies divide
 * @param limits the actuator to start with: under dispatch no control groups are made
 * @param repository with models that are not built in
 */
record SystemSettings(int workers, int cores, int budget, Actuator limits, Optional<Path> repository) {
    /** With quotas each job has workers of its own; each is two processes. */
    static final int MOST_WORKERS = 8;

    private static final int STEP = 10;

    /**
     * The terms of an experiment under an actuator.
     *
     * @param variants of it: the largest of them says how many workers there are
     */
    static SystemSettings of(Experiment experiment, ActuatorKind actuator, List<Experiment> variants) {
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

    /** What a local system is started with: a free port, and data that nobody will miss. */
    LocalSettings settings() {
        return new LocalSettings(workers, cores, budget, null, repository.orElse(null), null, 0, false, limits, null);
    }
}
