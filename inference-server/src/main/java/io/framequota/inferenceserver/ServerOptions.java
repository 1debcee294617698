package io.framequota.inferenceserver;

import io.framequota.common.failure.Failure;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/**
 * The options of the server.
 *
 * @param repository folder of models in Triton's layout, null for the built-in models only
 * @param host address to listen on
 * @param port to listen on, 0 for any free port
 * @param cores concurrent executions, for each caller, of a model whose configuration names no instance group
 * @param eightBit whether ONNX models that take pictures are served with 8-bit inputs
 */
public record ServerOptions(@Nullable Path repository, String host, int port, int cores, boolean eightBit) {
    /** The options as they appear on the command line, not yet checked. */
    @Command(name = "inference-server")
    private static final class CommandLineOptions {
        @Option(names = "--model-repository", paramLabel = "DIR")
        private @Nullable Path repository;

        @Option(names = "--host", paramLabel = "ADDRESS")
        private String host = "127.0.0.1";

        @Option(names = "--port", paramLabel = "N")
        private int port = 8001;

        @Option(names = "--cores", paramLabel = "N")
        private @Nullable Integer cores;

        @Option(names = "--pictures", paramLabel = "as-configured|8-bit")
        private String pictures = "as-configured";
    }

    /**
     * Parses a command line.
     *
     * @param processors default of {@code --cores}
     * @throws Failure with exit code 2 and one line that names the option
     */
    static ServerOptions parse(String[] arguments, int processors) {
        CommandLineOptions options = new CommandLineOptions();
        try {
            new CommandLine(options).setOverwrittenOptionsAllowed(true).parseArgs(arguments);
        } catch (ParameterException e) {
            String synopsis = e.getCommandLine().getHelp().synopsis(0).strip().replaceAll("\\s+", " ");
            throw Failure.use(e.getMessage() + "; usage: " + synopsis);
        }
        int cores = options.cores == null ? processors : options.cores;
        requireInRange("--port", options.port, 0, 65535);
        requireInRange("--cores", cores, 1, 1024);
        if (options.repository != null && !Files.isDirectory(options.repository)) {
            throw Failure.use("--model-repository " + options.repository + ": there is no such folder");
        }
        boolean eightBit = switch (options.pictures) {
            case "8-bit" -> true;
            case "as-configured" -> false;
            default -> throw Failure.use("--pictures " + options.pictures + ": give as-configured or 8-bit");
        };
        return new ServerOptions(options.repository, options.host, options.port, cores, eightBit);
    }

    private static void requireInRange(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw Failure.use(option + " " + value + ": give a number from " + least + " to " + most);
        }
    }
}
