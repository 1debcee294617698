package io.framequota.lab.serving;

import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.InvalidExperimentException;
import io.framequota.lab.experiment.Run;
import io.framequota.lab.experiment.ServingMode;
import io.framequota.lab.experiment.ServingRunner;
import java.util.Optional;

/** Simulates serving modes request by request; the prediction is the closed form if one is known. */
public final class TheoryServingRunner implements ServingRunner {
    @Override
    public Run serve(Experiment experiment, ServingMode mode, long seed) {
        ServingPrediction expected;
        try {
            expected = ServingTheory.of(experiment, mode, seed);
        } catch (NoPredictionException e) {
            throw new InvalidExperimentException(experiment.name() + ": serving: " + e.getMessage()
                    + "; no prediction exists for this; allowed: --on local");
        }
        return ServingRuns.of(seed, expected.requests(), Optional.of(expected), expected.measures(), 0);
    }

    @Override
    public void close() {
        // Nothing to end.
    }
}
