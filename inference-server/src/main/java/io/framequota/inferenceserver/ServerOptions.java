package io.framequota.inferenceserver;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What the command line says.
 *
 * @param repository folder of models in Triton's layout, null for the built-in models only
 * @param host address to listen on
 * @param port to listen on, 0 for any free one
 * @param cores executions at once of a model whose configuration names no instance group
 * @param eightBit whether ONNX models that take pictures are served with 8-bit inputs
 */
public record ServerOptions(@Nullable Path repository, String host, int port, int cores, boolean eightBit) {
    static final String USAGE =
            "usage: inference-server [--model-repository DIR] [--host 127.0.0.1] [--port 8001] [--cores N]"
                    + " [--pictures as-configured|8-bit]";

    /** A command line that cannot be followed; the message is one line. */
    public static final class Wrong extends Exception {
        private static final long serialVersionUID = 1L;

        Wrong(String message) {
            super(message);
        }
    }

    /**
     * Reads a command line.
     *
     * @param processors what {@code --cores} is without the option
     */
    public static ServerOptions parse(String[] arguments, int processors) throws Wrong {
        Path repository = null;
        String host = "127.0.0.1";
        int port = 8001;
        int cores = processors;
        boolean eightBit = false;
        for (int i = 0; i < arguments.length; i += 2) {
            String name = arguments[i];
            if (i + 1 == arguments.length) {
                throw new Wrong(name + " needs a value; " + USAGE);
            }
            String value = arguments[i + 1];
            switch (name) {
                case "--model-repository" -> repository = folder(value);
                case "--host" -> host = value;
                case "--port" -> port = number(name, value, 0, 65535);
                case "--cores" -> cores = number(name, value, 1, 1024);
                case "--pictures" -> eightBit = eightBit(value);
                default -> throw new Wrong("unknown option " + name + "; " + USAGE);
            }
        }
        return new ServerOptions(repository, host, port, cores, eightBit);
    }

    private static Path folder(String value) throws Wrong {
        Path folder = Path.of(value);
        if (!Files.isDirectory(folder)) {
            throw new Wrong("--model-repository " + value + " is no folder");
        }
        return folder;
    }

    private static boolean eightBit(String value) throws Wrong {
        return switch (value) {
            case "8-bit" -> true;
            case "as-configured" -> false;
            default -> throw new Wrong("--pictures takes as-configured or 8-bit, not " + value);
        };
    }

    private static int number(String name, String value, int least, int most) throws Wrong {
        try {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Answered below, like a number outside the range.
        }
        throw new Wrong(name + " takes a number from " + least + " to " + most + ", not " + value);
    }
}
