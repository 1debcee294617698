package io.framequota.scheduler.policy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The policies that a process knows: the built-in ones, then those of plug-in jars. Immutable. */
public final class Policies {
    /** The policy that decides until a user selects another one. */
    public static final String DEFAULT = "auto";

    /** The environment variable that names the folder of plug-in jars. Without it there are only built-in policies. */
    public static final String PLUGINS = "FRAMEQUOTA_PLUGINS";

    private static final class Installed {
        static final Policies POLICIES = Optional.ofNullable(System.getenv(PLUGINS))
                .filter(folder -> !folder.isBlank())
                .map(folder -> withPlugins(Path.of(folder)))
                .orElseGet(() -> new PolicyLoader().policies());
    }

    private final List<PolicyDefinition> all;
    private final List<String> problems;

    Policies(List<PolicyDefinition> all, List<String> problems) {
        this.all = List.copyOf(all);
        this.problems = List.copyOf(problems);
    }

    /** The policies of this process, loaded once. */
    public static Policies installed() {
        return Installed.POLICIES;
    }

    /** The built-in policies and those of the jars in a folder. */
    public static Policies withPlugins(Path folder) {
        PolicyLoader loader = new PolicyLoader();
        loader.addFolder(folder);
        return loader.policies();
    }

    /** All policies in the order in which they are listed. */
    public List<PolicyDefinition> all() {
        return all;
    }

    /** The policies that may serve jobs: all but the yardsticks. */
    public List<PolicyDefinition> serving() {
        return all.stream().filter(p -> !p.yardstick()).toList();
    }

    /** Why plug-in jars, or policies in them, were skipped: one line for people each. */
    public List<String> problems() {
        return problems;
    }

    /**
     * Finds a policy by its name or an alias and configures it.
     *
     * @throws InvalidPolicyException if the name, a parameter or a value is unknown; the message names what is allowed
     */
    public ConfiguredPolicy choose(String name, Map<String, String> parameters) {
        return choose(all, name, parameters);
    }

    /**
     * The same for a live system, where yardsticks are not allowed: they assume a speedup that no core has below one
     * core, and waste what a job cannot use.
     *
     * @throws InvalidPolicyException also for a yardstick
     */
    public ConfiguredPolicy chooseServing(String name, Map<String, String> parameters) {
        if (all.stream().anyMatch(p -> p.yardstick() && p.answersTo(name))) {
            throw new InvalidPolicyException("'" + name
                    + "' is a yardstick, which only experiments can run (fq experiment run --on simulator); may be chosen: "
                    + names(serving()));
        }
        return choose(serving(), name, parameters);
    }

    private static ConfiguredPolicy choose(
            List<PolicyDefinition> candidates, String name, Map<String, String> parameters) {
        return candidates.stream()
                .filter(p -> p.answersTo(name))
                .findFirst()
                .orElseThrow(
                        () -> new InvalidPolicyException("no policy '" + name + "'; there are " + names(candidates)))
                .with(parameters);
    }

    private static String names(List<PolicyDefinition> policies) {
        return policies.stream().map(PolicyDefinition::name).collect(Collectors.joining(", "));
    }
}
