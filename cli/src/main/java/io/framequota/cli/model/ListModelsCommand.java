package io.framequota.cli.model;

import io.framequota.cli.download.DownloadableModel;
import io.framequota.cli.download.ModelDownload;
import io.framequota.cli.terminal.Formatting;
import io.framequota.cli.terminal.Terminal;
import io.framequota.common.failure.Failure;
import io.framequota.local.Installation;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code fq model list}. */
@Command(
        name = "list",
        description = "List the models of a repository, and those of the catalogue that can be added.",
        footer = {"", "Examples:", "  fq model list", "  fq model list --repository models"})
public final class ListModelsCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Installation installation;

    @Mixin
    private RepositoryOption repository = new RepositoryOption();

    public ListModelsCommand(Terminal terminal, Installation installation) {
        this.terminal = terminal;
        this.installation = installation;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path folder = repository.folder(terminal, installation);
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("MODEL", "VERSIONS", "POSTPROCESS", "CLASSES", "MB", "NOTE"));
        List<String> present = new ArrayList<>();
        for (String line : lines(folder)) {
            String[] f = line.split("\t", 6);
            present.add(f[0]);
            rows.add(List.of(
                    f[0],
                    f[1],
                    f[2],
                    f[3],
                    ModelDownload.megabytes(Long.parseLong(f[4])),
                    f[5].isEmpty() ? "" : "cannot be used: " + f[5]));
        }
        for (DownloadableModel model : DownloadableModel.ALL) {
            if (!present.contains(model.name())) {
                rows.add(List.of(
                        model.name(),
                        "-",
                        model.postprocess(),
                        "80",
                        ModelDownload.megabytes(model.bytes()),
                        "to add it: fq model add " + model.name() + " (" + model.licence() + ")"));
            }
        }
        terminal.print(Formatting.table(rows));
        return Failure.DONE;
    }

    private List<String> lines(Path folder) throws IOException, InterruptedException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        Path output = Files.createTempFile("fq-models-", ".tsv");
        try {
            int code = ModelProgram.run(
                    installation,
                    folder,
                    Redirect.to(output.toFile()),
                    ModelProgram.FILES,
                    List.of("list", folder.toString()));
            if (code != Failure.DONE) {
                throw Failure.work("cannot read " + folder);
            }
            return Files.readAllLines(output);
        } finally {
            Files.delete(output);
        }
    }
}
