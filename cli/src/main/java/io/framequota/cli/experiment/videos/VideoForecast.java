package io.framequota.cli.experiment.videos;

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
 * What the simulator says of videos whose cost alone is known. Each is as large as {@link SoloRun#sizeS} and divided into as
 * many chunks as it was. What a request alone took beyond that (its first frames are decoded before anybody can work on
 * them, its last result is committed) is added once: behind others there is work meanwhile.
 */
final class VideoForecast {
    private final ResponsePredictor predictor;
    private final SystemSettings terms;
    private final int processors;

    VideoForecast(ResponsePredictor predictor, SystemSettings terms, int processors) {
        this.predictor = predictor;
        this.terms = terms;
        this.processors = processors;
    }

    /**
     * Mean response of a run.
     *
     * @param alone for each request what it took alone
     * @return empty where no cost is known
     */
    OptionalDouble meanS(
            Experiment experiment,
            VideoWorkload videos,
            ActuatorKind actuator,
            ConfiguredPolicy policy,
            long seed,
            List<SoloRun> alone) {
        if (!alone.stream().allMatch(SoloRun::known)) {
            return OptionalDouble.empty();
        }
        OptionalDouble mean = simulated(experiment, videos, actuator, policy, seed, alone);
        if (mean.isEmpty()) {
            return mean;
        }
        // The same video stands here many times, and is simulated once.
        Map<SoloRun, Double> known = new HashMap<>();
        double beyond = 0;
        for (int i = 0; i < alone.size(); i++) {
            int request = i;
            beyond += known.computeIfAbsent(alone.get(i), a -> beyondS(experiment, videos, request, seed, a));
        }
        return OptionalDouble.of(mean.getAsDouble() + beyond / alone.size());
    }

    private double beyondS(Experiment experiment, VideoWorkload videos, int request, long seed, SoloRun alone) {
        VideoWorkload one = videos.alone(request);
        double ideal = simulated(experiment, one, ActuatorKind.DISPATCH, everyWorker(), seed, List.of(alone))
                .orElse(alone.seconds());
        return Math.max(0, alone.seconds() - ideal);
    }

    /** The policy and the actuator that requests are measured alone with: every worker works on it. */
    static ConfiguredPolicy everyWorker() {
        return Policies.installed().choose("divide-and-conquer", Map.of());
    }

    private OptionalDouble simulated(
            Experiment experiment,
            VideoWorkload videos,
            ActuatorKind actuator,
            ConfiguredPolicy policy,
            long seed,
            List<SoloRun> alone) {
        List<Double> sizes = new ArrayList<>();
        int chunks = 0;
        for (SoloRun one : alone) {
            sizes.add(one.sizeS(terms, processors));
            chunks += Math.max(1, one.chunks());
        }
        double chunkS = sizes.stream().mapToDouble(d -> d).sum() / chunks;
        // Sizes are what this machine takes already: chunks need no scaling, quotas have the budget that is in force.
        double scale = actuator == ActuatorKind.DISPATCH
                ? 1000.0 * experiment.cores() / experiment.budget()
                : (double) terms.budget() / experiment.budget();
        return predictor.meanResponseS(
                experiment.sized(videos.sized(sizes), chunkS),
                actuator,
                policy,
                seed,
                scale,
                Math.min(policy.maxActive(), terms.workers()),
                0);
    }
}
