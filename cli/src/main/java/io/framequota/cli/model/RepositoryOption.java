package io.framequota.cli.model;

import io.framequota.cli.terminal.Terminal;
import io.framequota.common.failure.Failure;
import io.framequota.local.Installation;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option {@code --repository} and the entries of that repository. */
final class RepositoryOption {
    private static final String NAME = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}";

    @Option(
            names = "--repository",
            paramLabel = "DIR",
            description =
                    "Model repository, in Triton's layout (default: the user's own, which fq detect and fq up use).")
    private @Nullable String repository;

    /** The folder; it need not exist. */
    Path folder(Terminal terminal, Installation installation) {
        return repository == null ? installation.ownModels() : terminal.resolve(repository);
    }

    /** What commands that use the repository are to be given in addition: empty for the user's own. */
    String asOption() {
        return repository == null ? "" : " --model-repository " + repository;
    }

    /**
     * The folder of an entry.
     *
     * @throws Failure wrong use: there is none
     */
    Path entry(String name, Terminal terminal, Installation installation) {
        Path folder = folder(terminal, installation);
        if (!name.matches(NAME) || !Files.isDirectory(folder.resolve(name))) {
            throw Failure.use(
                    "there is no model " + name + " in " + folder + ": fq model list shows those that there are");
        }
        return folder.resolve(name);
    }

    /**
     * Checks a name for a new entry.
     *
     * @throws Failure wrong use: it cannot be one
     */
    static String checked(String name) {
        if (!name.matches(NAME)) {
            throw Failure.use("'" + name + "' cannot be a model's name: give --name with letters, digits, _, - and .");
        }
        return name;
    }
}
