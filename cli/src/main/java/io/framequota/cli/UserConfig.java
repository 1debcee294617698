package io.framequota.cli;

import io.framequota.common.failure.Failure;
import io.framequota.common.text.FileNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * What a user does not want to write in every command: lines {@code NAME = VALUE} in a file. An option of the command line comes
 * before its environment variable, that before the file, and that before the built-in default.
 */
final class UserConfig implements IDefaultValueProvider {
    /** The environment variable that each setting of the file stands for. */
    private static final Map<String, String> VARIABLES = variables();

    /** Options whose default an environment variable sets. Those that name a server read theirs themselves. */
    private static final Map<String, String> OPTIONS = Map.of("--model", "FQ_MODEL", "--policy", "FQ_POLICY");

    private static final Set<PosixFilePermission> OTHERS =
            Set.of(PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ);

    private final Map<String, String> environment;

    /** @param environment as {@link #environment} returns it */
    UserConfig(Map<String, String> environment) {
        this.environment = environment;
    }

    private static Map<String, String> variables() {
        Map<String, String> variables = new LinkedHashMap<>();
        for (String name : List.of("server", "key", "model", "policy")) {
            variables.put(name, "FQ_" + name.toUpperCase(java.util.Locale.ROOT));
        }
        return variables;
    }

    /**
     * The environment, with what the user's file says where a variable is not set.
     *
     * @throws Failure wrong use: the file cannot be read, has a line that is no setting, or shows a key to other users
     */
    static Map<String, String> environment(Map<String, String> environment) {
        Optional<Path> file = file(environment);
        if (file.isEmpty()) {
            return environment;
        }
        Map<String, String> all = new HashMap<>(environment);
        read(file.get()).forEach((name, value) -> {
            String variable = VARIABLES.get(name);
            if (variable != null && !isSet(environment, variable)) {
                all.put(variable, value);
            }
        });
        return all;
    }

    /** Whether the environment gives a value. {@code FQ_KEY_FILE} gives the key as {@code FQ_KEY} does. */
    private static boolean isSet(Map<String, String> environment, String variable) {
        return !environment.getOrDefault(variable, "").isBlank()
                || variable.equals("FQ_KEY")
                        && !environment.getOrDefault("FQ_KEY_FILE", "").isBlank();
    }

    /** The user's file, if there is one: {@code FQ_CONFIG}, which must exist, or the one in the user's configuration folder. */
    private static Optional<Path> file(Map<String, String> environment) {
        String named = environment.getOrDefault("FQ_CONFIG", "");
        if (!named.isBlank()) {
            return Optional.of(FileNames.path(environment.getOrDefault("FQ_FOLDER", ""))
                    .toAbsolutePath()
                    .resolve(FileNames.path(named)));
        }
        String folder = environment.getOrDefault("XDG_CONFIG_HOME", "");
        String home = environment.getOrDefault("HOME", "");
        if (!folder.startsWith("/") && !home.startsWith("/")) {
            return Optional.empty();
        }
        Path file = (folder.startsWith("/") ? FileNames.path(folder) : FileNames.path(home + "/.config"))
                .resolve("framequota/config");
        return Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
    }

    private static Map<String, String> read(Path file) {
        Map<String, String> settings = new LinkedHashMap<>();
        int number = 0;
        try {
            for (String text : Files.readString(file).lines().toList()) {
                number++;
                String line = text.strip();
                if (line.isEmpty() || line.startsWith("#")) {
                    continue;
                }
                int equals = line.indexOf('=');
                String name = equals < 0 ? line : line.substring(0, equals).strip();
                if (equals < 0 || !VARIABLES.containsKey(name)) {
                    throw Failure.use(
                            file + ", line " + number + ": \"" + line + "\" is no setting: write NAME = VALUE,"
                                    + " where NAME is one of " + String.join(", ", VARIABLES.keySet()));
                }
                settings.put(name, line.substring(equals + 1).strip());
            }
            if (settings.containsKey("key") && isShown(file)) {
                throw Failure.use(file + " has a key and can be read by other users: run chmod 600 " + file
                        + ", or omit the key");
            }
        } catch (IOException e) {
            throw Failure.use("cannot read the settings of fq: " + Failure.words(e));
        }
        return settings;
    }

    private static boolean isShown(Path file) throws IOException {
        return Files.getFileStore(file).supportsFileAttributeView("posix")
                && Files.getPosixFilePermissions(file).stream().anyMatch(OTHERS::contains);
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        String variable = argument instanceof OptionSpec option ? OPTIONS.get(option.longestName()) : null;
        String value = variable == null ? "" : environment.getOrDefault(variable, "");
        // Null leaves the built-in default.
        return value.isBlank() ? null : value;
    }
}
