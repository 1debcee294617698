package io.framequota.local;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.framequota.local.files.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The state that a running system writes into its data folder, for {@code fq status}, {@code fq down} and the commands that
 * look for a server.
 *
 * @param pid process id of its fq
 * @param url of the REST and gRPC API
 * @param ready whether a job could run
 * @param processes of the system
 * @param settings with which it was started, null in the state that an earlier release wrote
 */
public record RunningSystem(
        long pid,
        String url,
        boolean ready,
        List<Member> processes,
        @Nullable Settings settings) {
    private static final String FILE = "system.json";
    private static final ObjectMapper JSON = new ObjectMapper()
            // A later release may say more.
            .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);

    /**
     * A process.
     *
     * @param pid its id, 0 while it does not run
     * @param restarts how often it was started again
     * @param httpPort loopback port of its health and metrics, 0 if it has none
     */
    public record Member(String name, long pid, int restarts, int httpPort) {}

    /**
     * What another command compares with its own options.
     *
     * @param budget in millicores
     * @param actuator name of how shares are enforced
     * @param models real path of the model repository, null for the built-in models only
     * @param triton {@code host:port} of the inference server in place of the embedded ones, null for those
     * @param jpegQuality of frames sent to workers, 0 for raw frames, null for what the environment says
     * @param gpuBudget millicores of compute time, null for all of it
     */
    public record Settings(
            int workers,
            int budget,
            String actuator,
            @Nullable String models,
            @Nullable String triton,
            @Nullable Integer jpegQuality,
            @Nullable Integer gpuBudget) {}

    /** As {@link #on}, but only a system of this process's user: it is the one whose files and jobs may be used unasked. */
    public static Optional<RunningSystem> ownOn(Path data) {
        try {
            UserPrincipal owner = Files.getOwner(data.resolve(FILE));
            return owner.equals(Files.getOwner(Path.of("/proc/self"))) ? on(data) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

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
