package io.framequota.cli.detect;

import io.framequota.cli.terminal.FileArgument;
import io.framequota.cli.terminal.OutputFile;
import io.framequota.cli.terminal.Terminal;
import io.framequota.client.Source;
import io.framequota.common.failure.Failure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Chooses the output file of each source: a file for one source, a folder of files for several. */
final class OutputPaths {
    /**
     * Chooses a file for each source.
     *
     * @param option value of the option, null for files in the current folder
     * @param suffix of a file named after its source
     * @throws Failure wrong use: a file cannot be written
     */
    static List<FileArgument> of(
            List<Source> sources,
            @Nullable String option,
            Function<Source, String> suffix,
            String optionName,
            Terminal terminal) {
        boolean folder = option != null && (sources.size() > 1 || Files.isDirectory(terminal.target(option)));
        if (option != null && !folder) {
            return List.of(new FileArgument(option, checked(terminal.target(option), option, optionName)));
        }
        if (option != null && Files.exists(terminal.target(option)) && !Files.isDirectory(terminal.target(option))) {
            throw Failure.use(optionName + " " + option + " is not a folder: several sources need a folder");
        }
        String prefix = option == null ? "" : option.endsWith("/") ? option : option + "/";
        Set<String> taken = new HashSet<>();
        List<FileArgument> outputs = new ArrayList<>();
        for (Source source : sources) {
            String name = source.name() + suffix.apply(source);
            for (int i = 2; !taken.add(name); i++) {
                name = source.name() + "-" + i + suffix.apply(source);
            }
            outputs.add(new FileArgument(
                    prefix + name, checked(terminal.resolve(prefix + name), prefix + name, optionName)));
        }
        return outputs;
    }

    private static Path checked(Path path, String text, String optionName) {
        OutputFile.obstacle(path).ifPresent(why -> {
            throw Failure.use(optionName + " " + text + ": " + why);
        });
        return path;
    }

    private OutputPaths() {}
}
