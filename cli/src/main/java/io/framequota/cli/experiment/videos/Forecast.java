package io.framequota.cli.experiment.videos;

import io.framequota.scheduler.experiment.Actuator;
import io.framequota.scheduler.experiment.Experiment;
import io.framequota.scheduler.experiment.Predictor;
import io.framequota.scheduler.experiment.Videos;
import io.framequota.scheduler.policy.ChosenPolicy;
import io.framequota.scheduler.policy.Policies;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What the simulator says of videos whose cost alone is known. Each is as large as {@link Alone#sizeS} and divided into as
 * many chunks as it was. What a request alone took beyond that (its first frames are decoded before anybody can work on
 * them, its last result is committed) is added once: behind others there is work meanwhile.
 */
final class Forecast {
    private final Predictor predictor;
    private final SystemTerms terms;
    private final int processors;

    Forecast(Predictor predictor, SystemTerms terms, int processors) {
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
            Videos videos,
            Actuator actuator,
            ChosenPolicy policy,
            long seed,
            List<Alone> alone) {
        if (!alone.stream().allMatch(Alone::known)) {
            return OptionalDouble.empty();
        }
        OptionalDouble mean = simulated(experiment, videos, actuator, policy, seed, alone);
        if (mean.isEmpty()) {
            return mean;
        }
        // The same video stands here many times, and is simulated once.
        Map<Alone, Double> known = new HashMap<>();
        double beyond = 0;
        for (int i = 0; i < alone.size(); i++) {
            int request = i;
            beyond += known.computeIfAbsent(alone.get(i), a -> beyondS(experiment, videos, request, seed, a));
        }
        return OptionalDouble.of(mean.getAsDouble() + beyond / alone.size());
    }

    private double beyondS(Experiment experiment, Videos videos, int request, long seed, Alone alone) {
        Videos one = new Videos(
                List.of(videos.requests().get(request)),
                videos.model(),
                videos.repository(),
                videos.every(),
                List.of(0.0),
                List.of());
        double ideal = simulated(experiment, one, Actuator.DISPATCH, everyWorker(), seed, List.of(alone))
                .orElse(alone.seconds());
        return Math.max(0, alone.seconds() - ideal);
    }

    /** The policy and the actuator that requests are measured alone with: every worker works on it. */
    static ChosenPolicy everyWorker() {
        return Policies.choose("divide-and-conquer", Map.of());
    }

    private OptionalDouble simulated(
            Experiment experiment,
            Videos videos,
            Actuator actuator,
            ChosenPolicy policy,
            long seed,
            List<Alone> alone) {
        List<Double> sizes = new ArrayList<>();
        int chunks = 0;
        for (Alone one : alone) {
            sizes.add(one.sizeS(terms, processors));
            chunks += Math.max(1, one.chunks());
        }
        double chunkS = sizes.stream().mapToDouble(d -> d).sum() / chunks;
        // Sizes are what this machine takes already: chunks need no scaling, quotas have the budget that is in force.
        double scale = actuator == Actuator.DISPATCH
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
