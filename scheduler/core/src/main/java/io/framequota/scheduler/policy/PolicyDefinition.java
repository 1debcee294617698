package io.framequota.scheduler.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A policy as people choose it: its names, one line of explanation and its parameters.
 *
 * @param name canonical name
 * @param aliases other names it answers to
 * @param explanation one line
 * @param parameters its own ones and {@link #MAX_ACTIVE}
 * @param create makes the policy from checked values
 */
public record PolicyDefinition(
        String name,
        List<String> aliases,
        String explanation,
        List<Parameter> parameters,
        Function<Values, Policy> create) {

    /** Every policy's bound on the jobs that hold something at once. */
    public static final Parameter MAX_ACTIVE = new Parameter(
            "max_active",
            "the most requests that hold something at once",
            new Parameter.WholeNumber(1, Integer.MAX_VALUE),
            Integer.toString(Integer.MAX_VALUE));

    public PolicyDefinition {
        aliases = List.copyOf(aliases);
        List<Parameter> all = new ArrayList<>(parameters);
        all.add(MAX_ACTIVE);
        parameters = List.copyOf(all);
    }

    /** Whether people mean this policy by a name. */
    public boolean answersTo(String called) {
        return name.equals(called) || aliases.contains(called);
    }

    /**
     * This policy with parameters; those that are not given have their defaults.
     *
     * @throws InvalidPolicyException when a parameter is unknown or its value is not allowed; the message names what is
     */
    public ConfiguredPolicy with(Map<String, String> given) {
        Map<String, String> values = new TreeMap<>();
        parameters.forEach(p -> values.put(p.name(), p.defaultValue()));
        given.forEach((name, value) -> {
            Parameter parameter = parameters.stream()
                    .filter(p -> p.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new InvalidPolicyException("policy " + this.name + " has no parameter '" + name
                            + "'; it has "
                            + parameters.stream().map(Parameter::name).collect(Collectors.joining(", "))));
            if (!parameter.values().allow(value)) {
                throw new InvalidPolicyException("parameter " + name + " of policy " + this.name + " cannot be '"
                        + value + "'; allowed: " + parameter.values().describe());
            }
            values.put(name, value);
        });
        Policy policy = create.apply(new Values(values));
        return new ConfiguredPolicy(
                name, Map.copyOf(given), policy, Integer.parseInt(new Values(values).get(MAX_ACTIVE)));
    }

    /** Checked values of all parameters. */
    public static final class Values {
        private final Map<String, String> values;

        private Values(Map<String, String> values) {
            this.values = values;
        }

        /** The value of a parameter that this kind declares. */
        public String get(Parameter parameter) {
            String value = values.get(parameter.name());
            if (value == null) {
                throw new IllegalStateException("the policy does not declare its parameter " + parameter.name());
            }
            return value;
        }

        /** The value of a parameter that is a number; infinite when it is the word for none. */
        double number(Parameter parameter) {
            String value = get(parameter);
            return parameter.values() instanceof Parameter.NumberOr(String word, double least, double most)
                            && value.equals(word)
                    ? Double.POSITIVE_INFINITY
                    : Double.parseDouble(value);
        }

        /** The value of a parameter that is true or false. */
        boolean isTrue(Parameter parameter) {
            return Boolean.parseBoolean(get(parameter));
        }
    }
}
