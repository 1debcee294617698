package io.framequota.cli.model;

import io.framequota.cli.terminal.Terminal;
import io.framequota.common.failure.Failure;
import io.framequota.common.text.FileNames;
import io.framequota.local.Installation;
import io.framequota.local.files.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code fq model remove}. */
@Command(
        name = "remove",
        description = "Remove a model from a repository, with all its versions.",
        footer = {"", "Examples:", "  fq model remove yolox_nano", "  fq model remove helmets --repository models"})
public final class RemoveCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Installation installation;

    @Parameters(paramLabel = "NAME", description = "Model to remove.")
    private String name = "";

    @Mixin
    private RepositoryOption repository = new RepositoryOption();

    public RemoveCommand(Terminal terminal, Installation installation) {
        this.terminal = terminal;
        this.installation = installation;
    }

    @Override
    public Integer call() throws IOException {
        Path entry = repository.entry(name, terminal, installation);
        if (!Files.isRegularFile(entry.resolve("config.pbtxt"))
                && DescribeCommand.newest(entry).isEmpty()) {
            throw Failure.use(FileNames.text(entry)
                    + " is not removed: it has neither config.pbtxt nor 1/model.onnx, so it is no" + " model");
        }
        if (Files.isSymbolicLink(entry)) {
            Files.delete(entry);
        } else {
            Folders.delete(entry);
        }
        terminal.say("removed " + name + " from " + FileNames.text(repository.folder(terminal, installation)));
        return Failure.DONE;
    }
}
