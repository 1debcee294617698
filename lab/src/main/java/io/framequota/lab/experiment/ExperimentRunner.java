package io.framequota.lab.experiment;

import io.framequota.scheduler.policy.ConfiguredPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Runs all variants, actuators, policies and repeats of an experiment, one run at a time. */
public final class ExperimentRunner {
    private final Function<Experiment, List<Slot>> slots;
    private final ProgressListener progress;

    /**
     * Creates a runner for policies. The caller closes {@code runner}.
     *
     * @param yardsticks source of the yardsticks for the results
     * @param progress is told before each run and after it
     */
    public ExperimentRunner(PolicyRunner runner, YardstickSource yardsticks, ProgressListener progress) {
        this(e -> policies(e, runner, yardsticks), progress);
    }

    /** Creates a runner for serving modes. The caller closes {@code server}. */
    public ExperimentRunner(ServingRunner server, ProgressListener progress) {
        this(e -> modes(e, server), progress);
    }

    private ExperimentRunner(Function<Experiment, List<Slot>> slots, ProgressListener progress) {
        this.slots = slots;
        this.progress = progress;
    }

    /**
     * Runs every policy under every actuator, or every serving mode, {@code repeats} times. A repeat runs all of
     * them before the next repeat begins, so that a slower machine affects all of them.
     *
     * @param variants the variants of one experiment, at least one
     * @throws InterruptedException if the thread is interrupted
     */
    public List<ContenderResult> run(List<Experiment> variants, int repeats) throws InterruptedException {
        List<Slot> all = variants.stream().map(slots).flatMap(List::stream).toList();
        int done = 0;
        for (int repeat = 0; repeat < repeats; repeat++) {
            for (Slot slot : all) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                done++;
                progress.begins("run " + done + " of " + all.size() * repeats + ": " + slot);
                Run run = slot.once.run(slot.experiment.seed() + repeat);
                slot.runs.add(run);
                progress.ended(slot.one(run));
            }
        }
        return all.stream().map(Slot::result).toList();
    }

    private static List<Slot> policies(Experiment experiment, PolicyRunner runner, YardstickSource yardsticks) {
        List<Slot> slots = new ArrayList<>();
        for (ActuatorKind actuator : experiment.actuators()) {
            for (ConfiguredPolicy policy : experiment.policies()) {
                slots.add(new Slot(
                        experiment,
                        Contender.of(policy),
                        actuator,
                        seed -> runner.run(experiment, actuator, policy, seed),
                        () -> yardsticks.best(experiment, actuator)));
            }
        }
        return slots;
    }

    private static List<Slot> modes(Experiment experiment, ServingRunner server) {
        List<ServingMode> modes =
                experiment.serving().map(ServingComparison::modes).orElse(List.of());
        return modes.stream()
                .map(mode -> new Slot(
                        experiment,
                        Contender.of(mode),
                        ActuatorKind.NONE,
                        seed -> server.serve(experiment, mode, seed),
                        Optional::empty))
                .toList();
    }

    private interface Once {
        Run run(long seed) throws InterruptedException;
    }

    /** One contender with its runs so far. */
    private record Slot(
            Experiment experiment,
            Contender contender,
            ActuatorKind actuator,
            Once once,
            Supplier<Optional<Yardstick>> yardstick,
            List<Run> runs) {
        Slot(
                Experiment experiment,
                Contender contender,
                ActuatorKind actuator,
                Once once,
                Supplier<Optional<Yardstick>> yardstick) {
            this(experiment, contender, actuator, once, yardstick, new ArrayList<>());
        }

        ContenderResult one(Run run) {
            return new ContenderResult(experiment.variant(), contender, actuator, List.of(run), Optional.empty());
        }

        ContenderResult result() {
            return new ContenderResult(experiment.variant(), contender, actuator, List.copyOf(runs), yardstick.get());
        }

        @Override
        public String toString() {
            String how = actuator == ActuatorKind.NONE ? "" : ", " + actuator.word();
            return contender.label(experiment
                            .variant()
                            .map(Experiment.Variant::parameter)
                            .orElse(""))
                    + how
                    + experiment.variant().map(v -> ", " + v).orElse("");
        }
    }
}
