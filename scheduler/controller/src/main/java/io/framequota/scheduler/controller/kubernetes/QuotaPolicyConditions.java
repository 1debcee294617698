package io.framequota.scheduler.controller.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.framequota.scheduler.controller.enforce.Enforcer;
import io.framequota.scheduler.controller.kubernetes.CustomResources.Condition;
import io.framequota.scheduler.dispatch.DispatcherStatus;
import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.quota.Actuator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The conditions of a followed QuotaPolicy beside {@code Applied}, from what it asks for and what is in force. */
final class QuotaPolicyConditions {
    /**
     * What a generation selects.
     *
     * @param policy canonical name
     * @param parameters of the policy, without defaults
     * @param actuator by which shares are to be enforced
     */
    record Selected(String policy, Map<String, String> parameters, Actuator actuator) {
        Selected {
            parameters = Map.copyOf(parameters);
        }
    }

    /**
     * Whether what the resource selects is in force, or who selected something else.
     *
     * @param selected null if the generation was not applied
     */
    static Condition live(@Nullable Selected selected, ConfiguredPolicy live, Actuator actuator) {
        String words = live.name() + (live.parameters().isEmpty() ? "" : " " + live.parameters());
        if (selected == null) {
            return Condition.of(
                    "Live", false, "NotApplied", words + " decides, because this generation was not applied");
        }
        if (!selected.policy().equals(live.name()) || !selected.parameters().equals(live.parameters())) {
            return Condition.of(
                    "Live",
                    false,
                    "Overridden",
                    words
                            + " decides: fq policy (PUT /api/v1/policy) selected it after this generation; the next"
                            + " change of this spec wins again");
        }
        return selected.actuator() == actuator
                ? Condition.of("Live", true, "Live", words + " decides")
                : Condition.of(
                        "Live",
                        false,
                        "Overridden",
                        "PUT /api/v1/policy selected the actuator " + actuator.label()
                                + " after this generation; the next change of this spec or of the leader wins again");
    }

    /**
     * Whether the budget can be used, by the workers that are ready and the nodes that they are on.
     *
     * @param budget millicores, infinite without a limit
     */
    static Condition feasible(
            double budget, List<DispatcherStatus.WorkerStatus> workers, Enforcer.@Nullable Trouble trouble) {
        List<DispatcherStatus.WorkerStatus> ready =
                workers.stream().filter(w -> w.info().ready()).toList();
        if (ready.isEmpty()) {
            return new Condition("Feasible", "Unknown", "NoWorkers", "no worker is ready");
        }
        if (trouble != null && "Infeasible".equals(trouble.reason())) {
            return Condition.of("Feasible", false, "NodeTooSmall", trouble.words());
        }
        long cores = ready.stream().mapToLong(w -> w.info().cores()).sum();
        if (budget != Double.POSITIVE_INFINITY && budget > 1000.0 * cores) {
            return Condition.of(
                    "Feasible",
                    false,
                    "BudgetAboveWorkers",
                    Math.round(budget) + " millicores are more than the " + 1000 * cores + " of the ready workers ("
                            + ready.size() + "): the rest is ignored until more are ready");
        }
        return Condition.of("Feasible", true, "Feasible", "the ready workers can use the whole budget");
    }

    /** Whether workers are limited as decided, or the reason why not. */
    static Condition enforced(Enforcer.View enforcement) {
        Enforcer.Trouble trouble = enforcement.trouble();
        return trouble == null
                ? Condition.of(
                        "Enforced",
                        true,
                        "InForce",
                        "shares are enforced by " + enforcement.actuator().label())
                : Condition.of("Enforced", false, trouble.reason(), trouble.words());
    }

    /**
     * Whether a condition deserves an event, compared with the status of the resource as it was: something became wrong or right again, or a
     * new generation was taken. What is wrong with enforcement is an event of the pod.
     */
    static boolean isNews(Condition condition, GenericKubernetesResource before) {
        Map<?, ?> found = CustomResources.found(before, condition.type());
        boolean same = found != null
                && condition.status().equals(found.get("status"))
                && condition.reason().equals(found.get("reason"));
        return switch (condition.type()) {
            case "Applied" ->
                !same
                        || CustomResources.observed(before)
                                != before.getMetadata().getGeneration();
            case "Live", "Feasible" ->
                !same && ("False".equals(condition.status()) || found != null && "False".equals(found.get("status")));
            default -> false;
        };
    }

    private QuotaPolicyConditions() {}
}
