package io.framequota.cli.experiment;

import io.framequota.cli.experiment.videos.VideoRuns;
import io.framequota.cli.local.Installation;
import io.framequota.cli.terminal.Terminal;
import io.framequota.scheduler.enforce.Enforcement;
import io.framequota.scheduler.enforce.cgroup.Cgroups;
import io.framequota.scheduler.experiment.Actuator;
import io.framequota.scheduler.experiment.Conductor;
import io.framequota.scheduler.experiment.Experiment;
import io.framequota.scheduler.experiment.Home;
import io.framequota.scheduler.experiment.OtherWork;
import io.framequota.scheduler.experiment.PolicyResult;
import io.framequota.scheduler.experiment.Result;
import io.framequota.scheduler.experiment.Runner;
import io.framequota.scheduler.experiment.Videos;
import io.framequota.scheduler.experiment.Yardsticks;
import io.framequota.scheduler.experiment.kubernetes.Place;
import io.framequota.scheduler.experiment.local.LocalSite;
import io.framequota.scheduler.experiment.real.RealRunner;
import io.framequota.scheduler.experiment.simulator.SimulatedYardsticks;
import io.framequota.scheduler.experiment.simulator.SimulatorPredictor;
import io.framequota.scheduler.experiment.simulator.SimulatorRunner;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Runs an experiment where it was asked to run. */
final class Homes {
    /** Part of the machine that an experiment may take and still leave room. */
    private static final double ROOM = 0.75;

    private final Terminal terminal;
    private final Installation installation;
    private final Place place;
    private final RunsSoFar soFar;
    private final List<String> notices = new ArrayList<>();
    private final Map<String, String> facts = new LinkedHashMap<>();

    /**
     * With a terminal to tell progress.
     *
     * @param installation that starts systems for videos
     * @param place of runs in a cluster
     * @param soFar is told each run
     */
    Homes(Terminal terminal, Installation installation, Place place, RunsSoFar soFar) {
        this.terminal = terminal;
        this.installation = installation;
        this.place = place;
        this.soFar = soFar;
    }

    /** Something that a reader of the report must know. */
    void notice(String words) {
        notices.add(words);
    }

    /** What there is of an experiment whose last run has not ended; at least one run has. */
    Result unfinished(Home home, List<Experiment> variants) {
        List<String> said = new ArrayList<>(notices);
        said.addFirst("Not complete: the experiment failed or was interrupted after "
                + (soFar.count() == 1 ? "one run." : soFar.count() + " runs."));
        return new Result(variants.getFirst(), home, soFar.results(), said, facts, Instant.now());
    }

    Result run(Home home, List<Experiment> variants, int repeat) throws InterruptedException {
        variants.forEach(v -> VideoRuns.check(v, home));
        facts.putAll(Machine.facts());
        List<PolicyResult> results = variants.getFirst().serving().isPresent()
                ? new Servers(soFar, place, facts, notices).run(home, variants, repeat)
                : policies(home, variants, repeat);
        return new Result(variants.getFirst(), home, results, notices, facts, Instant.now());
    }

    private List<PolicyResult> policies(Home home, List<Experiment> variants, int repeat) throws InterruptedException {
        return switch (home) {
            case SIMULATOR -> {
                try (Runner runner = new SimulatorRunner()) {
                    yield conduct(runner, new SimulatedYardsticks(), variants, repeat);
                }
            }
            case LOCAL -> local(variants, repeat);
            case KUBERNETES -> ClusterRuns.run(place, variants, repeat, soFar, facts, notices);
        };
    }

    private List<PolicyResult> local(List<Experiment> variants, int repeat) throws InterruptedException {
        if (variants.stream().anyMatch(v -> Videos.of(v).isPresent())) {
            return new VideoRuns(installation, terminal, new SimulatorPredictor())
                    .run(variants, repeat, soFar, facts, notices);
        }
        // Everything that can be refused is refused before anything is started.
        variants.forEach(v -> LocalSite.check(v, v.actuators()));
        Enforcement enforcement = Cgroups.open();
        List<Experiment> possible = new ArrayList<>();
        switch (enforcement) {
            case Enforcement.Available(var groups) -> {
                facts.put("limits", groups.description());
                possible.addAll(variants);
            }
            case Enforcement.Unavailable no -> {
                if (variants.stream().anyMatch(v -> !v.actuators().equals(List.of(Actuator.DISPATCH)))) {
                    notices.add(no.notice());
                    terminal.say(no.notice());
                }
                variants.forEach(v -> possible.add(v.under(List.of(Actuator.DISPATCH))));
            }
        }
        if (possible.stream().anyMatch(v -> v.actuators().contains(Actuator.DISPATCH))) {
            notices.add("Dispatched chunks run on whole cores: only the sizes are scaled there, so those times are"
                    + " shorter than under quotas.");
        }
        // Of whole cores and scaled sizes the yardstick says nothing.
        Yardsticks sized = (experiment, actuator) ->
                actuator == Actuator.DISPATCH ? Optional.empty() : new SimulatedYardsticks().best(experiment, actuator);
        try (Runner runner = new RealRunner(new LocalSite(enforcement), new SimulatorPredictor())) {
            List<PolicyResult> results = conduct(runner, sized, possible, repeat);
            OtherWork others = OtherWork.beside(results);
            facts.put("other work", others.words());
            if (others.noisy() && !(enforcement instanceof Enforcement.Available && leavesRoom(variants))) {
                notices.add(String.format(
                        Locale.ROOT,
                        "The machine was not quiet: in one run other processes used %.1f cores, and this experiment"
                                + " leaves none to them. Expect times longer than predicted.",
                        others.cores()));
            }
            return results;
        }
    }

    /** Whether the budgets leave others a part of the machine: then a claim to the rest is enough. */
    private static boolean leavesRoom(List<Experiment> variants) {
        double there = 1000.0 * Runtime.getRuntime().availableProcessors();
        return variants.stream()
                .allMatch(v -> !v.actuators().contains(Actuator.DISPATCH)
                        && v.budget() * v.scaleOn(Home.LOCAL) <= ROOM * there);
    }

    private List<PolicyResult> conduct(Runner runner, Yardsticks yardsticks, List<Experiment> variants, int repeat)
            throws InterruptedException {
        return new Conductor(runner, yardsticks, soFar).run(variants, repeat);
    }
}
