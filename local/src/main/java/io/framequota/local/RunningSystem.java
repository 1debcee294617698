package io.framequota.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * What a running system says of itself in its data folder, for {@code fq status}, {@code fq down} and the commands that
 * look for a server.
 *
 * @param pid of its fq
 * @param url of its public door
 * @param ready whether it was ready
 * @param processes it consists of
 */
public record RunningSystem(long pid, String url, boolean ready, List<Member> processes) {
    private static final String FILE = "system.json";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** One process: its name, its id (0 while it is not there) and how often it was started again. */
    public record Member(String name, long pid, int restarts) {}

    /** The system that holds this folder, if any. */
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

    /** Writes it down; readers see the old or the new, nothing between. */
    void writeTo(Path data) throws IOException {
        Path next = data.resolve(FILE + ".new");
        DataFolder.makeFile(next);
        Files.write(next, JSON.writeValueAsBytes(this));
        Files.move(next, data.resolve(FILE), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    static void removeFrom(Path data) throws IOException {
        Files.deleteIfExists(data.resolve(FILE));
    }
}
