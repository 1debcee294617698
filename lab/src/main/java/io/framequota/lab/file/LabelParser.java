package io.framequota.lab.file;

import io.framequota.scheduler.policy.SchedulingLabels;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.NodeTuple;

/** Labels of jobs, as a client would submit them. */
final class LabelParser {
    private static final String ALLOWED = "a mapping of names to words or numbers, as in { tenant: a, weight: 2 }";
    private static final List<String> NUMBERS = List.of(SchedulingLabels.WEIGHT, SchedulingLabels.DEADLINE);

    static Map<String, String> read(YamlValue value) {
        if (!(value.node() instanceof MappingNode mapping)) {
            throw value.bad(value.shown() + " is no mapping", ALLOWED);
        }
        Map<String, String> labels = new TreeMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            String name = new YamlValue(value.file(), value.path(), tuple.getKeyNode()).text(ALLOWED);
            YamlValue of = new YamlValue(value.file(), value.path() + "." + name, tuple.getValueNode());
            if (NUMBERS.contains(name)) {
                // A policy takes what is no number for nothing said: here that would be a mistake that nobody sees.
                of.above0();
            }
            labels.put(name, of.text(ALLOWED));
        }
        return labels;
    }

    /** Whether a value may stand under a name. */
    static boolean allowed(String name, String value) {
        try {
            return !NUMBERS.contains(name) || Double.parseDouble(value) > 0;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private LabelParser() {}
}
