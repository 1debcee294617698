package io.framequota.cli.detect;

import io.framequota.cli.terminal.FileArgument;
import io.framequota.client.Source;
import io.framequota.client.Submission;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The work of one {@code fq detect}.
 *
 * @param tasks one for each source
 * @param submission settings of all jobs
 * @param resumeFile the note for {@code --resume}, beside the output; null when the run cannot be resumed
 */
record DetectPlan(
        List<Task> tasks, Submission submission, @Nullable Path resumeFile) {
    /** A source, its output, and the file of its annotated video or null. */
    record Task(
            Source source, FileArgument output, @Nullable FileArgument video) {}
}
