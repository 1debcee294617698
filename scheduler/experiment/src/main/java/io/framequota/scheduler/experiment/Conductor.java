package io.framequota.scheduler.experiment;

import io.framequota.scheduler.policy.ChosenPolicy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Runs everything that an experiment asks for, one run after the other. */
public final class Conductor {
    private final Runner runner;
    private final Yardsticks yardsticks;
    private final Consumer<String> progress;

    /**
     * With a runner that somebody else closes.
     *
     * @param yardsticks what results are compared with
     * @param progress is told each run before it starts
     */
    public Conductor(Runner runner, Yardsticks yardsticks, Consumer<String> progress) {
        this.runner = runner;
        this.yardsticks = yardsticks;
        this.progress = progress;
    }

    /**
     * Every policy under every actuator, {@code repeats} times. A repeat runs all policies before the next begins, so that
     * a machine that slows down does so for all of them.
     *
     * @param variants of one experiment, at least one
     */
    public List<PolicyResult> run(List<Experiment> variants, int repeats) throws InterruptedException {
        List<Slot> slots = new ArrayList<>();
        for (Experiment experiment : variants) {
            for (Actuator actuator : experiment.actuators()) {
                for (ChosenPolicy policy : experiment.policies()) {
                    slots.add(new Slot(experiment, actuator, policy, new ArrayList<>()));
                }
            }
        }
        int done = 0;
        for (int repeat = 0; repeat < repeats; repeat++) {
            for (Slot slot : slots) {
                done++;
                progress.accept("run " + done + " of " + slots.size() * repeats + ": " + slot);
                long seed = slot.experiment.seed() + repeat;
                slot.runs.add(runner.run(slot.experiment, slot.actuator, slot.policy, seed));
            }
        }
        Map<Slot, Optional<Yardstick>> best = new HashMap<>();
        return slots.stream()
                .map(s -> new PolicyResult(
                        s.experiment.variant(),
                        s.policy,
                        s.actuator,
                        List.copyOf(s.runs),
                        best.computeIfAbsent(s, slot -> yardsticks.best(slot.experiment, slot.actuator))))
                .toList();
    }

    private record Slot(Experiment experiment, Actuator actuator, ChosenPolicy policy, List<Run> runs) {
        @Override
        public String toString() {
            return policy.name() + ", " + actuator.word()
                    + experiment.variant().map(v -> ", " + v).orElse("");
        }
    }
}
