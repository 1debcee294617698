package io.framequota.local.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * How to start a process.
 *
 * @param name of the process and its log
 * @param command program and arguments; they contain the name of the process's own module and of no other
 * @param environment variables added to ours
 * @param folder the process's working folder
 * @param log file for standard output and standard error
 * @param healthPort loopback port of the process's liveness probe, or {@link #NO_HEALTH_PORT}
 */
public record ProcessSpec(
        String name, List<String> command, Map<String, String> environment, Path folder, Path log, int healthPort) {
    /** The process has no liveness probe. */
    public static final int NO_HEALTH_PORT = 0;
}
