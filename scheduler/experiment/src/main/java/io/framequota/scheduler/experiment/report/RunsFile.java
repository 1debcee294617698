package io.framequota.scheduler.experiment.report;

import io.framequota.scheduler.experiment.Measure;
import io.framequota.scheduler.experiment.PolicyResult;
import io.framequota.scheduler.experiment.Run;
import java.io.FileWriter;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code runs.csv} while the experiment runs: a line as soon as a run has ended, in the order of the runs. {@link Reports}
 * replaces it in the end. For one thread.
 */
public final class RunsFile {
    private final Path file;
    private List<Measure> further = List.of();
    private boolean begun;

    /** In a folder that is there. The first line replaces a file of an experiment before. */
    public RunsFile(Path folder) {
        this.file = folder.resolve("runs.csv");
    }

    /**
     * Adds a run.
     *
     * @param one its contender, with it alone
     * @param repeat which of its runs it is, from 0
     */
    public void add(PolicyResult one, int repeat) throws IOException {
        Run run = one.runs().getFirst();
        if (!begun) {
            further = CsvReport.further(run);
        }
        // Not by a channel: an interrupt would close that in the middle of a line.
        try (Writer out = new FileWriter(file.toFile(), StandardCharsets.UTF_8, begun)) {
            if (!begun) {
                out.write(CsvReport.header(further));
            }
            out.write(CsvReport.row(one, repeat, run, further));
        }
        begun = true;
    }
}
