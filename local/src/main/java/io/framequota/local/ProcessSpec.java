package io.framequota.local;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A process to start, and to start again.
 *
 * @param name of the process and of its log
 * @param command program and arguments; names no module but its own
 * @param environment added to ours
 * @param folder to run in
 * @param log receives both of its streams
 * @param health port of this machine where it says whether it is alive, or {@link #UNASKED}
 */
public record ProcessSpec(
        String name, List<String> command, Map<String, String> environment, Path folder, Path log, int health) {
    static final int UNASKED = 0;
}
