package io.framequota.scheduler.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A policy as users select it: its names, a description, its parameters and how to create it.
 *
 * @param name canonical name: lower-case letters, digits and hyphens
 * @param aliases other names that select it
 * @param description one line
 * @param parameters its own parameters, followed by {@link #MAX_ACTIVE}
 * @param yardstick whether it only measures other policies in simulated experiments and never serves jobs
 * @param create makes the policy from checked values
 */
public record PolicyDefinition(
        String name,
        List<String> aliases,
        String description,
        List<Parameter> parameters,
        boolean yardstick,
        Function<Values, Policy> create) {

    /** A parameter of every policy: how many jobs may hold a share at once. */
    public static final Parameter MAX_ACTIVE = new Parameter(
            "max_active",
            "the most requests that have a share at once",
            new Parameter.WholeNumber(1, Integer.MAX_VALUE),
            Integer.toString(Integer.MAX_VALUE));

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*");

    public PolicyDefinition {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "'" + name + "' is not a policy name; allowed: lower-case letters, digits and hyphens");
        }
        aliases = List.copyOf(aliases);
        List<Parameter> all = new ArrayList<>(parameters);
        all.add(MAX_ACTIVE);
        parameters = List.copyOf(all);
    }

    /** A policy without aliases and without parameters of its own. */
    public PolicyDefinition(String name, String description, Supplier<Policy> create) {
        this(name, description, List.of(), values -> create.get());
    }

    /** A policy without aliases. */
    public PolicyDefinition(
            String name, String description, List<Parameter> parameters, Function<Values, Policy> create) {
        this(name, List.of(), description, parameters, false, create);
    }

    /** Whether a name, canonical or an alias, selects this policy. */
    public boolean answersTo(String called) {
        return name.equals(called) || aliases.contains(called);
    }

    /**
     * Creates the policy. Parameters that are not given have their defaults.
     *
     * @throws InvalidPolicyException if a parameter is unknown or its value is not allowed; the message names what is
     *     allowed
     */
    public ConfiguredPolicy with(Map<String, String> given) {
        Map<String, String> values = new TreeMap<>();
        parameters.forEach(p -> values.put(p.name(), p.defaultValue()));
        given.forEach((parameter, value) -> {
            check(parameter, value);
            values.put(parameter, value);
        });
        Policy policy = create.apply(new Values(values));
        return new ConfiguredPolicy(
                name, Map.copyOf(given), policy, Integer.parseInt(new Values(values).get(MAX_ACTIVE)));
    }

    private void check(String parameter, String value) {
        Parameter known = parameters.stream()
                .filter(p -> p.name().equals(parameter))
                .findFirst()
                .orElseThrow(() ->
                        new InvalidPolicyException("policy " + name + " has no parameter '" + parameter + "'; it has "
                                + parameters.stream().map(Parameter::name).collect(Collectors.joining(", "))));
        if (!known.values().allow(value)) {
            throw new InvalidPolicyException("parameter " + parameter + " of policy " + name + " cannot be '" + value
                    + "'; allowed: " + known.values().describe());
        }
    }

    /** The checked values of all parameters of one policy. */
    public static final class Values {
        private final Map<String, String> values;

        private Values(Map<String, String> values) {
            this.values = values;
        }

        /** The value of a parameter that the definition declares. */
        public String get(Parameter parameter) {
            String value = values.get(parameter.name());
            if (value == null) {
                throw new IllegalStateException("the policy does not declare its parameter " + parameter.name());
            }
            return value;
        }

        /** The value of a numeric parameter; infinite if the value is the parameter's word for none. */
        public double number(Parameter parameter) {
            String value = get(parameter);
            return parameter.values() instanceof Parameter.NumberOr(String word, double least, double most)
                            && value.equals(word)
                    ? Double.POSITIVE_INFINITY
                    : Double.parseDouble(value);
        }

        /** The value of a parameter that is {@code true} or {@code false}. */
        public boolean isTrue(Parameter parameter) {
            return Boolean.parseBoolean(get(parameter));
        }
    }
}
