package io.framequota.cli.detect;

import com.fasterxml.jackson.databind.JsonNode;
import io.framequota.cli.options.LocalOptions;
import io.framequota.cli.options.ServerOption;
import io.framequota.cli.terminal.Terminal;
import io.framequota.client.ServerClient;
import io.framequota.common.failure.Failure;
import io.framequota.local.Installation;
import io.framequota.local.RunningSystem;
import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.policy.Policies;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** Decides whether {@code fq detect} uses the system that {@code fq up} runs on the default data folder. */
final class SystemChoice {
    private final Installation installation;
    private final LocalOptions options;
    private final Terminal terminal;

    /**
     * @param url of the running system, empty for a private one
     * @param line tells the user, empty when no system runs
     */
    record Choice(Optional<String> url, Optional<String> line) {}

    SystemChoice(Installation installation, LocalOptions options, Terminal terminal) {
        this.installation = installation;
        this.options = options;
        this.terminal = terminal;
    }

    /** The running system, unless it cannot stand in for one with the command's options. */
    Choice forModel(String model) throws InterruptedException, IOException {
        Optional<RunningSystem> running = RunningSystem.ownOn(installation.defaultData());
        if (running.isEmpty()) {
            return new Choice(Optional.empty(), Optional.empty());
        }
        String url = running.get().url();
        Optional<String> obstacle = obstacle(running.get(), model);
        return obstacle.isPresent()
                ? new Choice(
                        Optional.empty(),
                        obstacle.map(
                                why -> "starting a private system, not using the one of fq up at " + url + ": " + why))
                : using(url);
    }

    /** The running system, which has the jobs of an interrupted run. */
    Choice forJobs() {
        return RunningSystem.ownOn(installation.defaultData())
                .filter(RunningSystem::ready)
                .map(running -> using(running.url()))
                .orElseThrow(
                        () -> Failure.missing("the system of fq up, which has the jobs of the interrupted run, is not"
                                + " running: start it with fq up, or omit --resume"));
    }

    private static Choice using(String url) {
        return new Choice(
                Optional.of(url),
                Optional.of("using the system that fq up runs at " + url + " (--private starts another)"));
    }

    private Optional<String> obstacle(RunningSystem system, String model) throws InterruptedException, IOException {
        if (!system.ready()) {
            return Optional.of("it is still starting");
        }
        Optional<String> misfit = options.misfit(system.settings(), terminal);
        if (misfit.isPresent()) {
            return misfit;
        }
        try (ServerClient client = new ServerClient(system.url(), ServerOption.key(System.getenv()))) {
            Optional<String> other = otherPolicy(client.get("/api/v1/policy"));
            return other.isPresent() ? other : missing(model, client.get("/api/v1/models"));
        } catch (Failure e) {
            return Optional.of("it does not answer");
        }
    }

    private Optional<String> otherPolicy(JsonNode live) {
        String name = options.policy();
        if (name == null) {
            return Optional.empty();
        }
        ConfiguredPolicy wanted = Policies.installed().chooseServing(name, Map.of());
        boolean same = live.path("policy").asText().equals(wanted.name())
                && live.path("parameters").isEmpty();
        return same
                ? Optional.empty()
                : Optional.of("its policy is " + live.path("policy").asText()
                        + (live.path("parameters").isEmpty() ? "" : " with parameters"));
    }

    private static Optional<String> missing(String model, JsonNode models) {
        for (JsonNode known : models) {
            if (known.path("name").asText().equals(model) && !known.hasNonNull("reason")) {
                return Optional.empty();
            }
        }
        return Optional.of("it has no model " + model);
    }
}
