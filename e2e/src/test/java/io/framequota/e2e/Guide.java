package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** The commands that a page of the documentation tells people to run, word for word. */
final class Guide {
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```\\w*\\n(.*?)^```$");
    private static final Pattern CONTINUED = Pattern.compile("\\\\\\n\\s*");

    private final Path page;
    private final List<String> commands;

    private Guide(Path page, List<String> commands) {
        this.page = page;
        this.commands = commands;
    }

    /** A page, named from the project's root. */
    static Guide of(String name) {
        Path page = Fq.ROOT.resolve(name);
        try {
            return new Guide(
                    page,
                    BLOCK.matcher(Files.readString(page))
                            .results()
                            .flatMap(block -> Arrays.stream(CONTINUED
                                    .matcher(block.group(1))
                                    .replaceAll("")
                                    .split("\n")))
                            .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A command that the page has as it is, also in its text. */
    String exactly(String command) {
        try {
            assertThat(commands.contains(command) || Files.readString(page).contains("`" + command + "`"))
                    .as("%s has %s", page, command)
                    .isTrue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return command;
    }

    /** The one command that begins so; fails when the page has none, or several. */
    String command(String start) {
        List<String> found = commands.stream().filter(c -> c.startsWith(start)).toList();
        assertThat(found).as("commands of %s that begin with %s", page, start).hasSize(1);
        return found.getFirst();
    }
}
