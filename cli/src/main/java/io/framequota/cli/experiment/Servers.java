package io.framequota.cli.experiment;

import io.framequota.cli.terminal.Failure;
import io.framequota.scheduler.enforce.Enforcement;
import io.framequota.scheduler.enforce.cgroup.Cgroups;
import io.framequota.scheduler.experiment.Conductor;
import io.framequota.scheduler.experiment.Experiment;
import io.framequota.scheduler.experiment.Home;
import io.framequota.scheduler.experiment.OtherWork;
import io.framequota.scheduler.experiment.PolicyResult;
import io.framequota.scheduler.experiment.Progress;
import io.framequota.scheduler.experiment.Server;
import io.framequota.scheduler.experiment.Way;
import io.framequota.scheduler.experiment.kubernetes.Place;
import io.framequota.scheduler.experiment.local.LocalServer;
import io.framequota.scheduler.experiment.serving.TheoryServer;
import java.util.List;
import java.util.Map;

/** Runs an experiment that compares ways of serving. */
final class Servers {
    private static final String WITHOUT = "quotas and weights cannot be used here because ";

    private final Progress progress;
    private final Place place;
    private final Map<String, String> facts;
    private final List<String> notices;

    /**
     * Adds to what a reader of the report must know.
     *
     * @param progress is told each run
     * @param place of runs in a cluster
     */
    Servers(Progress progress, Place place, Map<String, String> facts, List<String> notices) {
        this.progress = progress;
        this.place = place;
        this.facts = facts;
        this.notices = notices;
    }

    List<PolicyResult> run(Home home, List<Experiment> variants, int repeat) throws InterruptedException {
        return switch (home) {
            case SIMULATOR -> {
                try (Server server = new TheoryServer()) {
                    yield conduct(server, variants, repeat);
                }
            }
            case LOCAL -> local(variants, repeat);
            case KUBERNETES -> ClusterRuns.serve(place, variants, repeat, progress, facts);
        };
    }

    private List<PolicyResult> local(List<Experiment> variants, int repeat) throws InterruptedException {
        Enforcement enforcement = Cgroups.open();
        switch (enforcement) {
            case Enforcement.Available(var groups) -> facts.put("groups", groups.description());
            case Enforcement.Unavailable no -> {
                if (variants.stream().anyMatch(Servers::limited)) {
                    throw Failure.missing(WITHOUT + no.reason() + "; run as a user that may use control groups");
                }
                notices.add(WITHOUT + no.reason() + ": other work on this machine has as much right to the cores");
            }
        }
        int cores = variants.stream().mapToInt(Experiment::cores).max().orElseThrow();
        try (Server server = new LocalServer(enforcement, cores)) {
            // Everything that can be refused is refused before a process is started; what was opened is closed.
            variants.forEach(v -> LocalServer.check(v, enforcement));
            List<PolicyResult> results = conduct(server, variants, repeat);
            facts.put("other work", OtherWork.beside(results).words());
            return results;
        }
    }

    private static boolean limited(Experiment experiment) {
        return experiment.serving().orElseThrow().ways().stream().anyMatch(Way::limited);
    }

    private List<PolicyResult> conduct(Server server, List<Experiment> variants, int repeat)
            throws InterruptedException {
        return new Conductor(server, progress).run(variants, repeat);
    }
}
