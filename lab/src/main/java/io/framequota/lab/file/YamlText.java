package io.framequota.lab.file;

import java.util.stream.Collectors;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** A part of the file on one line, for the report. */
final class YamlText {
    static String words(Node node) {
        return switch (node) {
            case ScalarNode scalar -> scalar.getValue();
            case SequenceNode sequence ->
                sequence.getValue().stream().map(YamlText::words).collect(Collectors.joining(", ", "[", "]"));
            case MappingNode mapping ->
                mapping.getValue().stream()
                        .map(t -> words(t.getKeyNode()) + " " + words(t.getValueNode()))
                        .collect(Collectors.joining(", "));
            default -> "";
        };
    }

    private YamlText() {}
}
