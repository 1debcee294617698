package io.framequota.lab.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.framequota.lab.experiment.ExperimentResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Files of an experiment's report: HTML, JSON, CSV. */
public final class ReportFiles {
    /** The files' names. */
    public static final List<String> FILES = List.of("report.json", RunsCsv.FILE, "report.html");

    /** Writes one file, whole. */
    public interface Writer {
        void write(Path file, String text) throws IOException;
    }

    /** Writes {@code report.html}, {@code report.json} and {@code runs.csv} into a folder that is there. */
    public static void write(ExperimentResult result, Path folder, Writer writer) throws IOException {
        ObjectMapper pretty = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        writer.write(folder.resolve("report.json"), pretty.writeValueAsString(JsonReport.of(result)) + "\n");
        writer.write(folder.resolve(RunsCsv.FILE), RunsCsv.of(result));
        writer.write(folder.resolve("report.html"), HtmlReport.of(result));
    }

    private ReportFiles() {}
}
