package io.framequota.cli.experiment.videos;

import io.framequota.cli.local.LocalSettings;
import io.framequota.scheduler.experiment.Actuator;
import io.framequota.scheduler.experiment.Experiment;
import io.framequota.scheduler.experiment.Home;
import io.framequota.scheduler.experiment.Videos;
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
record SystemTerms(int workers, int cores, int budget, Actuator limits, Optional<Path> repository) {
    /** With quotas each job has workers of its own; each is two processes. */
    static final int MOST_WORKERS = 8;

    private static final int STEP = 10;

    /**
     * The terms of an experiment under an actuator.
     *
     * @param variants of it: the largest of them says how many workers there are
     */
    static SystemTerms of(Experiment experiment, Actuator actuator, List<Experiment> variants) {
        int cores = experiment.cores();
        // Chunks run on whole cores.
        int budget = actuator == Actuator.DISPATCH
                ? 1000 * cores
                : (int) Math.max(
                        STEP, Math.floor(experiment.budget() * experiment.scaleOn(Home.LOCAL) / STEP + 1e-9) * STEP);
        int requests = variants.stream()
                .flatMap(v -> Videos.of(v).stream())
                .mapToInt(Videos::count)
                .max()
                .orElse(1);
        boolean shares = variants.stream().flatMap(v -> v.actuators().stream()).anyMatch(a -> a != Actuator.DISPATCH);
        return new SystemTerms(
                shares ? Math.max(cores, Math.min(requests, MOST_WORKERS)) : cores,
                cores,
                budget,
                shares ? Actuator.QUOTA : Actuator.DISPATCH,
                Videos.of(experiment).flatMap(Videos::repository).map(Videos.Named::path));
    }

    /** What a local system is started with: a free port, and data that nobody will miss. */
    LocalSettings settings() {
        return new LocalSettings(workers, cores, budget, null, repository.orElse(null), null, 0, false, limits, null);
    }
}
