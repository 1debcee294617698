package io.framequota.scheduler.experiment.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.framequota.scheduler.experiment.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes what an experiment leaves behind. */
public final class Reports {
    /** Writes {@code report.html}, {@code report.json} and {@code runs.csv} into a folder, which is made if need be. */
    public static void write(Result result, Path folder) throws IOException {
        Files.createDirectories(folder);
        ObjectMapper pretty = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        Files.writeString(folder.resolve("report.json"), pretty.writeValueAsString(JsonReport.of(result)) + "\n");
        Files.writeString(folder.resolve("runs.csv"), CsvReport.of(result));
        Files.writeString(folder.resolve("report.html"), HtmlReport.of(result));
    }

    private Reports() {}
}
