package io.framequota.cli.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.framequota.cli.options.ServerOption;
import io.framequota.cli.terminal.Formatting;
import io.framequota.cli.terminal.Terminal;
import io.framequota.client.ServerClient;
import io.framequota.common.failure.Failure;
import io.framequota.local.Installation;
import io.framequota.local.RunningSystem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fq status}. */
@Command(
        name = "status",
        description =
                "Show the processes of the system on a data folder, or the workers of a server. Exits 1 if nothing"
                        + " runs.",
        footer = {
            "",
            "HTTP is the port of a process on 127.0.0.1 that has its metrics (/q/metrics) and its health (/q/health).",
            "",
            "Examples:",
            "  fq status",
            "  fq status --json",
            "  fq status --server http://cluster:8080"
        })
public final class StatusCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Installation installation;
    private final Map<String, String> environment;

    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private ServerOption server = new ServerOption();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    public StatusCommand(Terminal terminal, Installation installation, Map<String, String> environment) {
        this.terminal = terminal;
        this.installation = installation;
        this.environment = environment;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (!data.given() && server.isNamed(environment)) {
            return remote();
        }
        Path folder = data.path(terminal, installation);
        Optional<RunningSystem> running = RunningSystem.on(folder);
        if (running.isEmpty()) {
            terminal.say("nothing runs on " + folder + ": start it with fq up");
            return Failure.WORK_FAILED;
        }
        RunningSystem system = running.get();
        if (json) {
            terminal.print(new ObjectMapper().valueToTree(system).toString());
            return Failure.DONE;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("PROCESS", "PID", "HTTP", "RESTARTS"));
        system.processes()
                .forEach(p -> rows.add(List.of(
                        p.name(),
                        p.pid() == 0 ? "-" : "" + p.pid(),
                        p.httpPort() == 0 ? "-" : "" + p.httpPort(),
                        Integer.toString(p.restarts()))));
        terminal.print(system.url() + (system.ready() ? "" : " (starting)") + ", data in " + folder);
        terminal.print(Formatting.table(rows));
        return Failure.DONE;
    }

    private int remote() throws InterruptedException {
        try (ServerClient client = server.connect(installation, environment)) {
            JsonNode workers = client.get("/api/v1/workers");
            if (json) {
                terminal.print(workers.toString());
                return Failure.DONE;
            }
            terminal.print(server.url(installation, environment) + ", " + Formatting.counted(workers.size(), "worker"));
            if (!workers.isEmpty()) {
                List<List<String>> rows = new ArrayList<>();
                rows.add(List.of("WORKER", "READY", "CORES", "QUOTA", "JOB"));
                workers.forEach(w -> rows.add(List.of(
                        text(w.path("worker")),
                        w.path("ready").asBoolean() ? "yes" : "no",
                        text(w.path("cores")),
                        text(w.path("millicores").path("quota")),
                        text(w.path("running").path("job")))));
                terminal.print(Formatting.table(rows));
            }
            return Failure.DONE;
        }
    }

    private static String text(JsonNode value) {
        return value.isNull() || value.asText().isEmpty() ? "-" : value.asText();
    }
}
