package io.framequota.cli.serve;

import io.framequota.cli.terminal.Terminal;
import io.framequota.common.failure.Failure;
import io.framequota.common.text.FileNames;
import io.framequota.local.ForegroundProgram;
import io.framequota.local.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code fq serve}. */
@Command(
        name = "serve",
        description = "Run only the embedded inference server: KServe v2 over gRPC, for any Triton client.",
        footer = {"", "Examples:", "  fq serve --model-repository models", "  fq serve --port 9001"})
public final class ServeCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Installation installation;

    @Option(
            names = "--model-repository",
            paramLabel = "DIR",
            description = "Folder of models in Triton's layout; people and faces are built in.")
    private @Nullable String models;

    @Option(names = "--port", paramLabel = "PORT", description = "gRPC port (default: ${DEFAULT-VALUE}).")
    private int port = 8001;

    public ServeCommand(Terminal terminal, Installation installation) {
        this.terminal = terminal;
        this.installation = installation;
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        installation.require(Installation.serverJar());
        if (port < 1 || port > 65535) {
            throw Failure.use("--port " + port + ": give a number from 1 to 65535");
        }
        List<String> arguments = new ArrayList<>(List.of(
                "-Xmx512m",
                "-jar",
                installation.root().resolve(Installation.serverJar()).toString()));
        arguments.addAll(List.of("--port", Integer.toString(port)));
        if (models != null) {
            Path repository = terminal.resolve(models);
            if (!Files.isDirectory(repository)) {
                throw Failure.use("--model-repository " + models + ": there is no such folder");
            }
            FileNames.requireText(repository, "--model-repository " + models);
            arguments.addAll(List.of("--model-repository", repository.toString()));
        }
        arguments.addAll(List.of("--cores", "" + Runtime.getRuntime().availableProcessors()));
        return ForegroundProgram.run(
                installation, arguments, Map.of("ORT_DISABLE_TELEMETRY", "1"), installation.root());
    }
}
