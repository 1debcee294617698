package io.framequota.cli.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.cli.terminal.FileArgument;
import io.framequota.client.Source;
import io.framequota.client.Submission;
import io.framequota.common.failure.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResumeNoteTest {
    @TempDir
    Path folder;

    @Test
    void aNoteIsReadAgainWhileItsDataExists() throws IOException {
        Path data = Files.createDirectory(folder.resolve("run-1"));
        Path file = folder.resolve("out.resume");
        ResumeNote note =
                new ResumeNote(data.toString(), "people", 2, List.of(new ResumeNote.Entry("a.mp4", "j1", "")));
        note.write(file);

        assertThat(ResumeNote.read(file)).contains(note);
        assertThat(ResumeNote.isOf(file, data)).isTrue();
        assertThat(ResumeNote.isOf(file, folder)).isFalse();
        Files.delete(data);
        assertThat(ResumeNote.read(file)).isEmpty();
        Files.writeString(file, "not JSON");
        assertThat(ResumeNote.read(file)).isEmpty();
        assertThat(ResumeNote.read(folder.resolve("none"))).isEmpty();
    }

    @Test
    void anotherCommandCannotResumeTheRun() {
        ResumeNote note = new ResumeNote("data", "people", 2, List.of(new ResumeNote.Entry("a.mp4", "j1", "")));
        Path file = folder.resolve("out.resume");

        note.check(plan("a.mp4", "people", 2), file);
        for (DetectPlan other :
                List.of(plan("b.mp4", "people", 2), plan("a.mp4", "faces", 2), plan("a.mp4", "people", 1))) {
            assertThatThrownBy(() -> note.check(other, file))
                    .isInstanceOf(Failure.class)
                    .hasMessage(
                            file + " belongs to another command (a.mp4 --model people --every 2): repeat that command,"
                                    + " or omit --resume");
        }
    }

    private DetectPlan plan(String source, String model, int every) {
        FileArgument output = new FileArgument("out", folder.resolve("out"));
        return new DetectPlan(
                List.of(new DetectPlan.Task(new Source.Remote(source), output, null)),
                new Submission(model, every, Map.of(), null),
                folder.resolve("out.resume"));
    }
}
