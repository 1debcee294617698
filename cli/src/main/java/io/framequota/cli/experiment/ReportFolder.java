package io.framequota.cli.experiment;

import io.framequota.cli.terminal.OutputFile;
import io.framequota.common.failure.Failure;
import io.framequota.common.text.FileNames;
import io.framequota.lab.report.ReportFiles;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** The folder of a report, made before the first run. Closing removes what was made for it and is still empty. */
final class ReportFolder implements AutoCloseable {
    private final Path path;
    /** The innermost first. */
    private final Deque<Path> made;

    private ReportFolder(Path path, Deque<Path> made) {
        this.path = path;
        this.made = made;
    }

    /**
     * Makes it if need be, and tries to write into it: an experiment may take hours.
     *
     * @throws Failure when reports cannot be written there
     */
    static ReportFolder open(Path path) {
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw Failure.use("-o " + FileNames.text(path) + ": there is a file of that name; give a folder");
        }
        Deque<Path> made = new ArrayDeque<>();
        for (Path folder = path; folder != null && !Files.exists(folder); folder = folder.getParent()) {
            made.addLast(folder);
        }
        ReportFolder folder = new ReportFolder(path, made);
        try {
            Files.createDirectories(path);
            for (String name : ReportFiles.FILES) {
                Optional<String> obstacle = OutputFile.obstacle(path.resolve(name));
                if (obstacle.isPresent()) {
                    folder.close();
                    throw Failure.use("-o " + FileNames.text(path) + ": " + obstacle.get());
                }
            }
            Files.delete(Files.createTempFile(path, ".report", ""));
            return folder;
        } catch (IOException e) {
            folder.close();
            throw Failure.use("-o " + FileNames.text(path) + ": nothing can be written there; give another folder");
        }
    }

    Path path() {
        return path;
    }

    @Override
    public void close() {
        for (Path folder : made) {
            try {
                Files.deleteIfExists(folder);
            } catch (DirectoryNotEmptyException e) {
                return;
            } catch (IOException e) {
                // It stays, empty.
            }
        }
    }
}
