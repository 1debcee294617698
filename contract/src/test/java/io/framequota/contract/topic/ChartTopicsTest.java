package io.framequota.contract.topic;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Strimzi's operator creates the topics from a file of the chart. */
class ChartTopicsTest {
    private static final Path FILE = Path.of("../helm/framequota/files/topics.yaml");

    @Test
    void chartCreatesTheTopicsOfTheContract() throws IOException {
        String expected = Topics.all().stream().map(ChartTopicsTest::yaml).collect(Collectors.joining());

        String withoutComments = Files.readAllLines(FILE).stream()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line + "\n")
                .collect(Collectors.joining());
        assertThat(withoutComments).isEqualTo(expected);
    }

    private static String yaml(Topics.Topic topic) {
        StringBuilder text = new StringBuilder(topic.name() + ":\n");
        text.append("  partitions: ").append(topic.partitions()).append("\n  config:\n");
        new TreeMap<>(topic.config())
                .forEach((key, value) ->
                        text.append("    " + key + ": \"").append(value).append("\"\n"));
        return text.toString();
    }
}
