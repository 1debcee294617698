package io.framequota.scheduler.experiment.serving;

import io.framequota.scheduler.experiment.BadExperimentException;
import io.framequota.scheduler.experiment.Experiment;
import io.framequota.scheduler.experiment.Run;
import io.framequota.scheduler.experiment.Server;
import io.framequota.scheduler.experiment.Way;
import java.util.Optional;

/** The simulator's home of ways of serving: request by request, compared with the closed form where there is one. */
public final class TheoryServer implements Server {
    @Override
    public Run serve(Experiment experiment, Way way, long seed) {
        Expected expected;
        try {
            expected = Theory.of(experiment, way, seed);
        } catch (NoTheoryException e) {
            throw new BadExperimentException(experiment.name() + ": serving: " + e.getMessage()
                    + ", which nothing predicts; allowed: --on local");
        }
        return Runs.of(seed, expected.requests(), Optional.of(expected), expected.measures(), 0);
    }

    @Override
    public void close() {
        // Nothing was started.
    }
}
