package io.framequota.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.framequota.local.files.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * The state that a running system writes into its data folder, for {@code fq status}, {@code fq down} and the commands that
 * look for a server.
 *
 * @param pid process id of its fq
 * @param url of the REST and gRPC API
 * @param ready whether a job could run
 * @param processes of the system
 */
public record RunningSystem(long pid, String url, boolean ready, List<Member> processes) {
    private static final String FILE = "system.json";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A process: its name, its id (0 while it does not run) and how often it was restarted. */
    public record Member(String name, long pid, int restarts) {}

    /** The system that holds a data folder, if any. */
    public static Optional<RunningSystem> on(Path data) {
        if (!DataFolder.isHeld(data)) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(data.resolve(FILE).toFile(), RunningSystem.class));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Writes the state atomically. */
    void writeTo(Path data) throws IOException {
        Path next = data.resolve(FILE + ".new");
        Folders.createPrivateFile(next);
        Files.write(next, JSON.writeValueAsBytes(this));
        Files.move(next, data.resolve(FILE), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    static void removeFrom(Path data) throws IOException {
        Files.deleteIfExists(data.resolve(FILE));
    }
}
