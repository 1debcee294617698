package io.framequota.cli.detect;

import io.framequota.local.DataFolder;
import io.framequota.local.Installation;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * Private data folders of {@code fq detect} and of experiments with videos: a fresh one for each run; what nobody will come
 * back for is removed.
 */
public final class RunFolders {
    private static final Duration KEPT = Duration.ofDays(7);

    /** A fresh folder; nobody else has it. */
    public static DataFolder take(Installation installation) {
        return DataFolder.take(installation.newRun());
    }

    /** Ties a folder to the note beside the output: without that file nobody can ask for the folder again. */
    static void tie(Path data, Path note) throws IOException {
        // As a URI, for its name need not be text.
        Files.writeString(data.resolve(DataFolder.NOTE), note.toUri().toString());
    }

    /** Nobody will come back: whatever happens now, the folder goes. */
    static void untie(Path data) throws IOException {
        Files.deleteIfExists(data.resolve(DataFolder.NOTE));
    }

    /** Keeps the logs of a run whose folder goes, in place of those kept before, and says where. */
    public static Path keepLogs(Path data, Installation installation) throws IOException {
        Path kept = installation.state().resolve("last-failure");
        DataFolder.deleteTree(kept);
        Files.createDirectories(kept);
        try (var logs = Files.newDirectoryStream(data.resolve("logs"))) {
            for (Path log : logs) {
                Files.copy(log, kept.resolve(log.getFileName()));
            }
        }
        return kept;
    }

    /** Removes folders that no process holds and whose note is gone, and those that nobody resumed for a week. */
    static void sweep(Installation installation, Instant now) {
        try (var folders = Files.newDirectoryStream(installation.runs(), "run-*")) {
            for (Path folder : folders) {
                boolean fresh = Files.getLastModifiedTime(folder).toInstant().isAfter(now.minus(Duration.ofMinutes(1)));
                if (!fresh && !DataFolder.isHeld(folder) && abandoned(folder, now)) {
                    DataFolder.deleteTree(folder);
                }
            }
        } catch (IOException e) {
            // Nothing to sweep, or another fq sweeps at the same time.
        }
    }

    private static boolean abandoned(Path folder, Instant now) throws IOException {
        Path tie = folder.resolve(DataFolder.NOTE);
        if (!Files.exists(tie)) {
            return true;
        }
        return Files.getLastModifiedTime(tie).toInstant().isBefore(now.minus(KEPT))
                || ResumeNote.read(tied(Files.readString(tie)))
                        .filter(n -> n.data().equals(folder.toString()))
                        .isEmpty();
    }

    private static Path tied(String note) {
        return note.startsWith("file:") ? Path.of(URI.create(note)) : Path.of(note);
    }

    private RunFolders() {}
}
