package io.framequota.lab.file;

import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.policy.InvalidPolicyException;
import io.framequota.scheduler.policy.Policies;
import io.framequota.scheduler.policy.Speedup;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.NodeTuple;

/** {@code policies}: names, or names with parameters. */
final class PolicyParser {
    private static final String ALLOWED = "names of policies, or { name: ..., parameter: ... }";

    /** The policies, ready to decide. */
    static List<ConfiguredPolicy> read(YamlValue value, Speedup speedup) {
        return value.list(ALLOWED).stream().map(v -> policy(v, speedup)).toList();
    }

    private static ConfiguredPolicy policy(YamlValue value, Speedup speedup) {
        Map<String, String> parameters = new TreeMap<>();
        String name;
        if (value.node() instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                String key = new YamlValue(value.file(), value.path(), tuple.getKeyNode()).text(ALLOWED);
                YamlValue given = new YamlValue(value.file(), value.path() + "." + key, tuple.getValueNode());
                parameters.put(key, given.text("a word or a number"));
            }
            name = parameters.remove("name");
            if (name == null) {
                throw value.bad("the field name is missing", ALLOWED);
            }
        } else {
            name = value.text(ALLOWED);
        }
        boolean hesrpt = name.equals("hesrpt");
        if (hesrpt && !parameters.containsKey("p") && speedup instanceof Speedup.Power(double p)) {
            parameters.put("p", Double.toString(p));
        }
        try {
            return Policies.installed().choose(name, parameters);
        } catch (InvalidPolicyException e) {
            throw ExperimentFile.at(value, e);
        }
    }

    private PolicyParser() {}
}
