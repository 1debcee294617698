package io.framequota.e2e.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A parser of bytes from outside. It may accept or refuse any input, and do nothing else. */
public interface FuzzTarget {
    /** Of the parser, as people call it. */
    String name();

    /** Valid inputs, small, made by the project itself. */
    List<byte[]> corpus() throws Exception;

    /** Reads one input to its end. */
    void parse(byte[] input) throws Exception;

    /** Whether this is how the parser refuses an input: an error that it declares. */
    boolean refuses(Exception error);

    /** Gives one input to the parser; true if it was accepted. Anything but a clear error is thrown on. */
    default boolean accepts(byte[] input) throws Exception {
        try {
            parse(input);
            return true;
        } catch (Exception e) {
            if (!refuses(e)) {
                throw e;
            }
            if (e.getMessage() != null) {
                // It is shown to people.
                assertThat(e.getMessage().length()).as("characters of an error").isLessThan(5_000);
            }
            return false;
        }
    }

    /** Writes the input to a file for parsers that read one. */
    default Path file(byte[] input, String name) {
        try {
            Path folder = Path.of("target", "fuzz");
            Files.createDirectories(folder);
            return Files.write(folder.resolve(ProcessHandle.current().pid() + "-" + name), input);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
