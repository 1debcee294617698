package io.framequota.images;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Runs programs of this machine. */
final class ExternalProgram {
    /**
     * Runs a program to its end and returns its output.
     *
     * @throws ImageBuildException the program is missing or failed; the message has its last line
     */
    static String run(Path folder, List<String> command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new ImageBuildException(command.getFirst() + " failed: "
                        + said.strip().lines().reduce((a, b) -> b).orElse("no output"));
            }
            return said;
        } catch (IOException e) {
            throw new ImageBuildException(command.getFirst() + " cannot be run: " + e.getMessage());
        }
    }

    private ExternalProgram() {}
}
