package io.framequota.lab.videos;

import io.framequota.lab.experiment.ActuatorKind;
import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.ResponsePredictor;
import io.framequota.lab.experiment.VideoWorkload;
import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.policy.Policies;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Predicts runs of videos whose cost alone is known. Each video has the size {@link SoloRun#sizeS} and as many chunks as
 * when it ran alone. The time that a request alone took beyond the simulated one (decoding the first frames, committing the
 * last result) is added once, because behind other requests there is work meanwhile.
 */
final class VideoForecast {
    private final ResponsePredictor predictor;
    private final SystemSettings settings;
    private final int processors;

    VideoForecast(ResponsePredictor predictor, SystemSettings settings, int processors) {
        this.predictor = predictor;
        this.settings = settings;
        this.processors = processors;
    }

    /**
     * Mean response of a run.
     *
     * @param soloRuns the cost of each request alone
     * @return empty if a cost is unknown
     */
    OptionalDouble meanS(
            Experiment experiment,
            VideoWorkload videos,
            ActuatorKind actuator,
            ConfiguredPolicy policy,
            long seed,
            List<SoloRun> soloRuns) {
        if (!soloRuns.stream().allMatch(SoloRun::known)) {
            return OptionalDouble.empty();
        }
        OptionalDouble mean = simulated(experiment, videos, actuator, policy, seed, soloRuns);
        if (mean.isEmpty()) {
            return mean;
        }
        // Equal videos are simulated once.
        Map<SoloRun, Double> known = new HashMap<>();
        double beyond = 0;
        for (int i = 0; i < soloRuns.size(); i++) {
            int request = i;
            beyond += known.computeIfAbsent(soloRuns.get(i), a -> beyondS(experiment, videos, request, seed, a));
        }
        return OptionalDouble.of(mean.getAsDouble() + beyond / soloRuns.size());
    }

    private double beyondS(Experiment experiment, VideoWorkload videos, int request, long seed, SoloRun soloRun) {
        VideoWorkload one = videos.single(request);
        double ideal = simulated(experiment, one, ActuatorKind.DISPATCH, everyWorker(), seed, List.of(soloRun))
                .orElse(soloRun.seconds());
        return Math.max(0, soloRun.seconds() - ideal);
    }

    /** The policy for measuring requests alone, with which all workers work on a request. */
    static ConfiguredPolicy everyWorker() {
        return Policies.installed().choose("divide-and-conquer", Map.of());
    }

    private OptionalDouble simulated(
            Experiment experiment,
            VideoWorkload videos,
            ActuatorKind actuator,
            ConfiguredPolicy policy,
            long seed,
            List<SoloRun> soloRuns) {
        List<Double> sizes = new ArrayList<>();
        int chunks = 0;
        for (SoloRun one : soloRuns) {
            sizes.add(one.sizeS(settings, processors));
            chunks += Math.max(1, one.chunks());
        }
        double chunkS = sizes.stream().mapToDouble(d -> d).sum() / chunks;
        // Sizes are measured on this machine, so chunks are not scaled, and quotas use the budget in force.
        double scale = actuator == ActuatorKind.DISPATCH
                ? 1000.0 * experiment.cores() / experiment.budget()
                : (double) settings.budget() / experiment.budget();
        return predictor.meanResponseS(
                experiment.sized(videos.sized(sizes), chunkS),
                actuator,
                policy,
                seed,
                scale,
                Math.min(policy.maxActive(), settings.workers()),
                0);
    }
}
