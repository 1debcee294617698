package io.framequota.local;

import io.framequota.local.files.Folders;
import io.framequota.local.process.Watchdog;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BiPredicate;

/**
 * Private data folders of {@code fq detect} and of experiments with videos, one for each run. A run that may be resumed ties
 * its folder to a note, a file beside the user's output; folders without such a note are removed.
 */
public final class RunFolders {
    private static final Duration RESUMABLE_FOR = Duration.ofDays(7);
    private static final Duration NEW = Duration.ofMinutes(1);

    /** Creates and takes a new folder. */
    public static DataFolder take(Installation installation) {
        return DataFolder.take(installation.newRun());
    }

    /** Keeps the folder for as long as the note exists, at most a week. */
    public static void tie(Path data, Path note) throws IOException {
        // A URI keeps names that are not UTF-8.
        Files.writeString(data.resolve(Watchdog.NOTE), note.toUri().toString());
    }

    /** Lets the folder be removed, whatever happens next. */
    public static void untie(Path data) throws IOException {
        Files.deleteIfExists(data.resolve(Watchdog.NOTE));
    }

    /** Copies the logs of a run, in place of those copied before, and returns the folder of the copies. */
    public static Path keepLogs(Path data, Installation installation) throws IOException {
        Path kept = installation.state().resolve("last-failure");
        Folders.delete(kept);
        Files.createDirectories(kept);
        try (var logs = Files.newDirectoryStream(data.resolve("logs"))) {
            for (Path log : logs) {
                Files.copy(log, kept.resolve(log.getFileName()));
            }
        }
        return kept;
    }

    /**
     * Removes folders that no process holds and nobody can or will resume.
     *
     * @param leadsTo tells whether a note (first) is that of a run in a folder (second)
     */
    public static void sweep(Installation installation, Instant now, BiPredicate<Path, Path> leadsTo) {
        try (var folders = Files.newDirectoryStream(installation.runs(), "run-*")) {
            for (Path folder : folders) {
                boolean settled = Files.getLastModifiedTime(folder).toInstant().isBefore(now.minus(NEW));
                if (settled && !DataFolder.isHeld(folder) && !isResumable(folder, now, leadsTo)) {
                    Folders.delete(folder);
                }
            }
        } catch (IOException e) {
            // There is no folder of runs yet, or another fq sweeps it at the same time.
        }
    }

    private static boolean isResumable(Path folder, Instant now, BiPredicate<Path, Path> leadsTo) throws IOException {
        Path tie = folder.resolve(Watchdog.NOTE);
        return Files.exists(tie)
                && !Files.getLastModifiedTime(tie).toInstant().isBefore(now.minus(RESUMABLE_FOR))
                && leadsTo.test(note(Files.readString(tie)), folder);
    }

    /** Earlier releases wrote a path in place of a URI. */
    private static Path note(String tie) {
        return tie.startsWith("file:") ? Path.of(URI.create(tie)) : Path.of(tie);
    }

    private RunFolders() {}
}
