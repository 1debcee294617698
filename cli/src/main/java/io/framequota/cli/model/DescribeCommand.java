package io.framequota.cli.model;

import io.framequota.cli.download.DownloadableModel;
import io.framequota.cli.terminal.Terminal;
import io.framequota.common.failure.Failure;
import io.framequota.common.text.FileNames;
import io.framequota.local.Installation;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code fq model describe}. */
@Command(
        name = "describe",
        description =
                "Describe a model of a repository or of the catalogue, or an ONNX file: inputs, outputs, the family that the"
                        + " outputs look like, class names, and what is missing.",
        footer = {"", "Examples:", "  fq model describe yolox_nano", "  fq model describe best.onnx"})
public final class DescribeCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Installation installation;

    @Parameters(paramLabel = "NAME|FILE", description = "Model of the repository or the catalogue, or ONNX file.")
    private String what = "";

    @Mixin
    private RepositoryOption repository = new RepositoryOption();

    public DescribeCommand(Terminal terminal, Installation installation) {
        this.terminal = terminal;
        this.installation = installation;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path file = terminal.resolve(what);
        Optional<DownloadableModel> known = DownloadableModel.named(what);
        if (!Files.isRegularFile(file)) {
            Path entry = repository.folder(terminal, installation).resolve(what);
            if (!Files.isDirectory(entry) && known.isPresent()) {
                describe(known.get());
                return Failure.DONE;
            }
            entry = repository.entry(what, terminal, installation);
            file = newest(entry)
                    .orElseThrow(
                            () -> Failure.use("model " + what + " has no file 1/model.onnx that could be described"));
            Path config = entry.resolve("config.pbtxt");
            if (Files.isRegularFile(config)) {
                terminal.print(FileNames.text(config) + " is what counts; the file itself says:");
            }
        }
        FileNames.requireText(file, what);
        return ModelProgram.run(
                installation,
                installation.root(),
                Redirect.INHERIT,
                ModelProgram.FILES,
                List.of("describe", file.toAbsolutePath().toString()));
    }

    /** The file of the highest version. */
    static Optional<Path> newest(Path entry) throws IOException {
        try (Stream<Path> children = Files.list(entry)) {
            return children.map(child -> String.valueOf(child.getFileName()))
                    .filter(name -> name.matches("[1-9][0-9]{0,17}"))
                    .sorted(Comparator.<String>comparingLong(Long::parseLong).reversed())
                    .map(name -> entry.resolve(name).resolve("model.onnx"))
                    .filter(Files::isRegularFile)
                    .findFirst();
        }
    }

    private void describe(DownloadableModel model) {
        terminal.print(model.name() + ": " + model.about());
        terminal.print(String.format(Locale.ROOT, "file          %s, %,d bytes", model.uri(), model.bytes()));
        terminal.print("sha256        " + model.sha256());
        terminal.print("licence       " + model.licence());
        terminal.print("postprocess   " + model.postprocess());
        terminal.print("preprocess    " + model.preprocess());
        terminal.print("missing       the file itself: type fq model add " + model.name());
    }
}
