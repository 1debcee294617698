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
 * A small file beside the output, there from submission until the work has ended: it names the private data folder in
 * which an interrupted run goes on.
 *
 * @param data the folder
 * @param model that was asked for
 * @param every that was asked for
 * @param jobs one per source, in the order of the command
 */
record ResumeNote(String data, String model, int every, List<Entry> jobs) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A source and the job that it became, or why it became none (empty when it did). */
    record Entry(String source, String job, String refusal) {}

    /** The note of an interrupted run whose data is still there. */
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

    /** Refuses to go on with what another command began. */
    void check(DetectPlan plan, Path file) {
        List<String> wanted = plan.tasks().stream()
                .map(t -> FileNames.shown(t.source().text()))
                .toList();
        List<String> begun = jobs.stream().map(Entry::source).toList();
        if (!wanted.equals(begun)
                || !model.equals(plan.submission().model())
                || every != plan.submission().every()) {
            throw Failure.use(file + " is of another command (" + String.join(" ", begun) + " --model " + model
                    + " --every " + every + "): repeat that one, or leave --resume out");
        }
    }
}
