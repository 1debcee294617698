package io.framequota.lab.file;

import io.framequota.lab.experiment.InvalidExperimentException;
import io.framequota.lab.experiment.RequestKind;
import io.framequota.lab.experiment.ServingComparison;
import io.framequota.lab.experiment.ServingMode;
import io.framequota.lab.experiment.VideoWorkload;
import io.framequota.scheduler.policy.Speedup;
import io.framequota.scheduler.simulator.Workload;
import java.util.List;
import java.util.Optional;

/** {@code serving} in place of {@code policies}, and what may stand beside it. */
final class ServingParser {
    /** What is about shares: here the operating system gives them. */
    private static final List<String> OF_POLICIES = List.of("budget", "scale", "actuator", "speedup", "simulate");

    private static final int MOST_REQUESTS = 10_000;
    private static final int MOST_CONTAINERS = 256;

    /**
     * The ways of serving; empty when policies are compared.
     *
     * @throws InvalidExperimentException when something is beside them that has no meaning there
     */
    static Optional<ServingComparison> read(YamlFields fields, Speedup speedup, Workload requests) {
        YamlValue workload = fields.need("workload");
        Optional<RequestKind> kind = WorkloadParser.kind(workload);
        if (!fields.only(List.of("policies", "serving")).name().equals("serving")) {
            if (kind.isPresent()) {
                throw workload.bad("kind is for ways of serving; policies share out what computes", "with serving");
            }
            return Optional.empty();
        }
        List<ServingMode> ways = ServingModeParser.read(fields.need("serving"));
        requests(workload, kind, requests, ways);
        beside(fields, speedup, ways.stream().allMatch(ServingMode.Pool.class::isInstance));
        return Optional.of(new ServingComparison(kind.orElse(RequestKind.COMPUTING), ways));
    }

    private static void requests(
            YamlValue workload, Optional<RequestKind> kind, Workload requests, List<ServingMode> ways) {
        if (requests instanceof VideoWorkload) {
            throw workload.bad("videos are served by the whole system, under policies", "batch, poisson, trace");
        }
        if (kind.filter(RequestKind.WAITING::equals).isPresent()
                && ways.stream().anyMatch(ServingMode::limited)) {
            throw workload.bad("requests that wait need no quota", "kind: computing with pool and containers");
        }
        int count = requests.count();
        if (count > MOST_REQUESTS) {
            throw workload.bad(count + " requests are too many to serve", "up to " + MOST_REQUESTS);
        }
        if (count > MOST_CONTAINERS && ways.stream().anyMatch(ServingMode.Containers.class::isInstance)) {
            throw workload.bad(count + " requests are too many for a container each", "up to " + MOST_CONTAINERS);
        }
    }

    private static void beside(YamlFields fields, Speedup speedup, boolean pools) {
        fields.get("speedup").filter(v -> pools).ifPresent(v -> {
            if (!(speedup instanceof Speedup.Linear || speedup instanceof Speedup.Amdahl)) {
                throw v.bad("a pool has a serial and a parallel part", "linear, { amdahl: 0.9 }");
            }
        });
        OF_POLICIES.stream()
                .filter(f -> !(pools && f.equals("speedup")))
                .forEach(f -> fields.get(f).ifPresent(v -> {
                    throw v.bad(
                            "it is for policies; here the operating system shares out", "without it beside serving");
                }));
    }

    private ServingParser() {}
}
