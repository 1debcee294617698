package io.framequota.lab.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.lab.experiment.InvalidExperimentException;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Experiments and their traces, written by editors of all kinds. */
class Utf8FileTest {
    private static final String YAML = """
            name: café
            cores: 2
            workload: { trace: { file: arrivals.csv } }
            policies: [divide-and-conquer]
            """;
    private static final String CSV = "arrival_s,size_cpu_s,camera\n0,1,north\n1,2,café\n";

    @TempDir
    private Path folder;

    @Test
    void ignoresAByteOrderMark() throws IOException {
        put("\ufeff" + YAML, StandardCharsets.UTF_8, "\ufeff" + CSV, StandardCharsets.UTF_8);
        assertThat(read()).singleElement().satisfies(e -> {
            assertThat(e.name()).isEqualTo("café");
            assertThat(e.workload().count()).isEqualTo(2);
        });
    }

    @Test
    void readsWindowsLineEnds() throws IOException {
        put(YAML.replace("\n", "\r\n"), StandardCharsets.UTF_8, CSV.replace("\n", "\r\n"), StandardCharsets.UTF_8);
        assertThat(read()).hasSize(1);
    }

    @Test
    void reportsFileAndLineOfAnotherEncoding() throws IOException {
        put(YAML, StandardCharsets.ISO_8859_1, CSV, StandardCharsets.UTF_8);
        refused("e.yaml:1: the byte 0xE9 is not UTF-8; allowed: UTF-8, save it so");
        put(YAML, StandardCharsets.UTF_8, CSV, StandardCharsets.ISO_8859_1);
        refused("arrivals.csv:3: the byte 0xE9 is not UTF-8; allowed: UTF-8, save it so");
        for (Charset utf16 : List.of(StandardCharsets.UTF_16, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
            put("#\n" + YAML.replace("é", "e"), utf16, CSV, StandardCharsets.UTF_8);
            refused("e.yaml:1: ");
            put(YAML, StandardCharsets.UTF_8, CSV.replace("é", "e"), utf16);
            refused("arrivals.csv:1: ");
        }
        put("\ufeff" + YAML, StandardCharsets.UTF_16LE, CSV, StandardCharsets.UTF_8);
        refused("e.yaml:1: the text is UTF-16; allowed: UTF-8, save it so");
    }

    @Test
    void listsTheFilesThatWereRead() throws IOException {
        put(YAML, StandardCharsets.UTF_8, CSV, StandardCharsets.UTF_8);
        ExperimentFile file = new ExperimentFile(folder.resolve("e.yaml"), "e.yaml");
        file.read();
        assertThat(file.inputs())
                .anyMatch(p -> p.endsWith("e.yaml"))
                .anyMatch(p -> p.endsWith("arrivals.csv"))
                .hasSize(2);
    }

    private void refused(String words) {
        assertThatThrownBy(this::read)
                .isInstanceOf(InvalidExperimentException.class)
                .hasMessageStartingWith(words)
                .hasMessageContaining("UTF-8");
    }

    private List<io.framequota.lab.experiment.Experiment> read() throws IOException {
        return new ExperimentFile(folder.resolve("e.yaml"), "e.yaml").read();
    }

    private void put(String yaml, Charset yamls, String csv, Charset csvs) throws IOException {
        Files.writeString(folder.resolve("e.yaml"), yaml, yamls);
        Files.writeString(folder.resolve("arrivals.csv"), csv, csvs);
    }
}
