package io.framequota.scheduler.policy;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Every policy there is. */
public final class Policies {
    /** The policy until someone chooses another. */
    public static final String DEFAULT = "auto";

    private static final List<PolicyKind> ALL = List.of(
            OneCorePerRequest.KIND,
            DivideAndConquer.KIND,
            OneRequestAtATime.KIND,
            Gang.KIND,
            Srpt.KIND,
            Las.KIND,
            WeightedFair.KIND,
            Edf.KIND,
            Auto.KIND,
            HeSrpt.KIND,
            ConcaveOptimum.KIND);

    /** Kinds that the live system may be given to choose from; the others only measure these. */
    public static List<PolicyKind> serving() {
        return ALL.stream()
                .filter(k -> !k.equals(HeSrpt.KIND) && !k.equals(ConcaveOptimum.KIND))
                .toList();
    }

    /** All kinds, in the order in which they are shown. */
    public static List<PolicyKind> all() {
        return ALL;
    }

    /**
     * Finds a policy by its name or an alias and gives it parameters.
     *
     * @throws BadPolicyException when the name, a parameter or a value is unknown; the message names what is allowed
     */
    public static ChosenPolicy choose(String name, Map<String, String> parameters) {
        return choose(ALL, name, parameters);
    }

    /**
     * The same for a live system, which the yardsticks do not serve: they assume a speedup that no core has below one, and give
     * away what a job cannot use.
     *
     * @throws BadPolicyException also for a yardstick
     */
    public static ChosenPolicy chooseServing(String name, Map<String, String> parameters) {
        if (ALL.stream().anyMatch(k -> k.answersTo(name)) && serving().stream().noneMatch(k -> k.answersTo(name))) {
            throw new BadPolicyException("'" + name
                    + "' is a yardstick, which only experiments can run (fq experiment run --on simulator); may be chosen: "
                    + names(serving()));
        }
        return choose(serving(), name, parameters);
    }

    private static ChosenPolicy choose(List<PolicyKind> kinds, String name, Map<String, String> parameters) {
        return kinds.stream()
                .filter(k -> k.answersTo(name))
                .findFirst()
                .orElseThrow(() -> new BadPolicyException("no policy '" + name + "'; there are " + names(kinds)))
                .with(parameters);
    }

    private static String names(List<PolicyKind> kinds) {
        return kinds.stream().map(PolicyKind::name).collect(Collectors.joining(", "));
    }

    private Policies() {}
}
