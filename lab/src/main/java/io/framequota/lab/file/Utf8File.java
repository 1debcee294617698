package io.framequota.lab.file;

import io.framequota.common.text.Utf8Files;
import io.framequota.lab.experiment.InvalidExperimentException;
import java.io.IOException;
import java.nio.file.Path;

/** Reads a UTF-8 file of an experiment, with or without byte order mark. */
final class Utf8File {
    /**
     * Reads a file without its byte order mark.
     *
     * @param shown name in error messages
     * @throws InvalidExperimentException if it is not UTF-8; the message names the line
     */
    static String read(Path file, String shown) throws IOException {
        try {
            return Utf8Files.read(file);
        } catch (Utf8Files.NotUtf8 e) {
            throw new InvalidExperimentException(
                    shown + ":" + e.line() + ": " + e.problem() + "; allowed: UTF-8, save it so");
        }
    }

    private Utf8File() {}
}
