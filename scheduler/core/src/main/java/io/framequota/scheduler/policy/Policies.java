package io.framequota.scheduler.policy;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Every policy there is. */
public final class Policies {
    /** The policy until someone chooses another. */
    public static final String DEFAULT = "auto";

    private static final List<PolicyDefinition> ALL = List.of(
            OneCorePerRequestPolicy.KIND,
            DivideAndConquerPolicy.KIND,
            OneRequestAtATimePolicy.KIND,
            GangPolicy.KIND,
            SrptPolicy.KIND,
            LasPolicy.KIND,
            WeightedFairPolicy.KIND,
            EdfPolicy.KIND,
            AutoPolicy.KIND,
            HeSrptPolicy.KIND,
            ConcaveOptimumPolicy.KIND);

    /** Kinds that the live system may be given to choose from; the others only measure these. */
    public static List<PolicyDefinition> serving() {
        return ALL.stream()
                .filter(k -> !k.equals(HeSrptPolicy.KIND) && !k.equals(ConcaveOptimumPolicy.KIND))
                .toList();
    }

    /** All kinds, in the order in which they are shown. */
    public static List<PolicyDefinition> all() {
        return ALL;
    }

    /**
     * Finds a policy by its name or an alias and gives it parameters.
     *
     * @throws InvalidPolicyException when the name, a parameter or a value is unknown; the message names what is allowed
     */
    public static ConfiguredPolicy choose(String name, Map<String, String> parameters) {
        return choose(ALL, name, parameters);
    }

    /**
     * The same for a live system, which the yardsticks do not serve: they assume a speedup that no core has below one, and give
     * away what a job cannot use.
     *
     * @throws InvalidPolicyException also for a yardstick
     */
    public static ConfiguredPolicy chooseServing(String name, Map<String, String> parameters) {
        if (ALL.stream().anyMatch(k -> k.answersTo(name)) && serving().stream().noneMatch(k -> k.answersTo(name))) {
            throw new InvalidPolicyException("'" + name
                    + "' is a yardstick, which only experiments can run (fq experiment run --on simulator); may be chosen: "
                    + names(serving()));
        }
        return choose(serving(), name, parameters);
    }

    private static ConfiguredPolicy choose(List<PolicyDefinition> kinds, String name, Map<String, String> parameters) {
        return kinds.stream()
                .filter(k -> k.answersTo(name))
                .findFirst()
                .orElseThrow(() -> new InvalidPolicyException("no policy '" + name + "'; there are " + names(kinds)))
                .with(parameters);
    }

    private static String names(List<PolicyDefinition> kinds) {
        return kinds.stream().map(PolicyDefinition::name).collect(Collectors.joining(", "));
    }

    private Policies() {}
}
