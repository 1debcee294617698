package io.framequota.cli.detect;

import io.framequota.client.Source;
import io.framequota.client.Submission;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one {@code fq detect} is to do.
 *
 * @param tasks one per source
 * @param submission the same for all of them
 * @param resumeFile notes where the work in progress lies, beside the output; null where an interrupt ends everything
 */
record DetectPlan(
        List<Task> tasks, Submission submission, @Nullable Path resumeFile) {
    /** One source, where its result goes, and its annotated video if one is wanted. */
    record Task(Source source, OutputPaths.Named output, OutputPaths.@Nullable Named video) {}
}
