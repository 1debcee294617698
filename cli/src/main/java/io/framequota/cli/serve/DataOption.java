package io.framequota.cli.serve;

import io.framequota.cli.terminal.Terminal;
import io.framequota.common.text.FileNames;
import io.framequota.local.Installation;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that names a data folder. */
final class DataOption {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Data folder of the system (default: $XDG_STATE_HOME/framequota/up, usually"
                    + " ~/.local/state/framequota/up).")
    private @Nullable String data;

    /** Whether the command line names the folder. */
    boolean given() {
        return data != null;
    }

    /** The command that stops the system on this data folder. */
    String down() {
        return data == null ? "fq down" : "fq down --data " + data;
    }

    Path path(Terminal terminal, Installation installation) {
        if (data == null) {
            return installation.defaultData();
        }
        Path path = terminal.resolve(data);
        FileNames.requireText(path, "--data " + data);
        return path;
    }
}
