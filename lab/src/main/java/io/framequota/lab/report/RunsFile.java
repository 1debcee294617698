package io.framequota.lab.report;

import io.framequota.lab.experiment.ContenderResult;
import io.framequota.lab.experiment.Run;
import io.framequota.lab.experiment.ServingMetric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * {@code runs.csv} while the experiment runs: a line as soon as a run has ended, in the order of the runs. {@link ReportFiles}
 * replaces it in the end. For one thread.
 */
public final class RunsFile {
    private final Path file;
    private List<ServingMetric> further = List.of();
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
    public void add(ContenderResult one, int repeat) throws IOException {
        Run run = one.runs().getFirst();
        if (!begun) {
            further = CsvReport.further(run);
        }
        String lines = (begun ? "" : CsvReport.header(further)) + CsvReport.row(one, repeat, run, further);
        Files.writeString(
                file,
                lines,
                StandardOpenOption.CREATE,
                begun ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE);
        begun = true;
    }
}
