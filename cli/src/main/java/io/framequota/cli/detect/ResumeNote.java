package io.framequota.cli.detect;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.framequota.cli.terminal.OutputFile;
import io.framequota.common.failure.Failure;
import io.framequota.common.text.FileNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A file beside the output from submission to the end of the jobs. It names the data folder with which an interrupted run can be
 * resumed.
 *
 * @param data a private folder, or that of the system of {@code fq up}
 * @param model of the jobs
 * @param every of the jobs
 * @param jobs one for each source, in the order of the command
 */
record ResumeNote(String data, String model, int every, List<Entry> jobs) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A source and the id of its job, or the reason why it was refused; the other one is empty. */
    record Entry(String source, String job, String refusal) {}

    /** The note of an interrupted run, if its data still exists. */
    static Optional<ResumeNote> read(Path file) {
        try {
            ResumeNote note = JSON.readValue(Files.readAllBytes(file), ResumeNote.class);
            return Files.isDirectory(Path.of(note.data())) ? Optional.of(note) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Whether a note is that of an interrupted run in a folder. */
    static boolean isOf(Path note, Path folder) {
        return read(note).filter(n -> n.data().equals(folder.toString())).isPresent();
    }

    void write(Path file) throws IOException {
        OutputFile.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(this));
    }

    /**
     * Checks that a command is the one that was interrupted.
     *
     * @throws Failure wrong use: it is another one
     */
    void check(DetectPlan plan, Path file) {
        List<String> wanted = plan.tasks().stream()
                .map(t -> FileNames.shown(t.source().text()))
                .toList();
        List<String> begun = jobs.stream().map(Entry::source).toList();
        if (!wanted.equals(begun)
                || !model.equals(plan.submission().model())
                || every != plan.submission().every()) {
            throw Failure.use(file + " belongs to another command (" + String.join(" ", begun) + " --model " + model
                    + " --every " + every + "): repeat that command, or omit --resume");
        }
    }
}
