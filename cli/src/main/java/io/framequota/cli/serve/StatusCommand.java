package io.framequota.cli.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.framequota.cli.terminal.Formatting;
import io.framequota.cli.terminal.Terminal;
import io.framequota.client.ServerClient;
import io.framequota.common.failure.Failure;
import io.framequota.local.Installation;
import io.framequota.local.RunningSystem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fq status}. */
@Command(
        name = "status",
        description =
                "Show the processes of the system on a data folder, or the workers of a server. Exits 1 if nothing"
                        + " runs.",
        footer = {"", "Examples:", "  fq status", "  fq status --json", "  fq status --server http://cluster:8080"})
public final class StatusCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Installation installation;

    @Mixin
    private DataOption data = new DataOption();

    @Option(names = "--server", paramLabel = "URL", description = "URL of a server to show instead.")
    private @Nullable String server;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    public StatusCommand(Terminal terminal, Installation installation) {
        this.terminal = terminal;
        this.installation = installation;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (server != null) {
            return remote(server);
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
        rows.add(List.of("PROCESS", "PID", "RESTARTS"));
        system.processes()
                .forEach(p ->
                        rows.add(List.of(p.name(), p.pid() == 0 ? "-" : "" + p.pid(), Integer.toString(p.restarts()))));
        terminal.print(system.url() + (system.ready() ? "" : " (starting)") + ", data in " + folder);
        terminal.print(Formatting.table(rows));
        return Failure.DONE;
    }

    private int remote(String url) throws InterruptedException {
        try (ServerClient client = new ServerClient(url)) {
            JsonNode workers = client.get("/api/v1/workers");
            if (json) {
                terminal.print(workers.toString());
            } else {
                terminal.print(url + ", " + workers.size() + " workers");
                workers.forEach(w -> terminal.print(w.toString()));
            }
            return Failure.DONE;
        }
    }
}
