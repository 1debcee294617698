package io.framequota.scheduler.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Shares for tenants by weight; within a tenant equal shares. What a tenant cannot use is divided among the others. */
final class WeightedFair implements Policy {
    private static final Parameter LABEL =
            new Parameter("label", "the label that names a request's tenant", new Parameter.Text(), "tenant");
    private static final Parameter WEIGHTS = new Parameter(
            "weights",
            "weights of tenants; one that is not named, and requests without the label together, weigh 1",
            new Parameter.Weights(),
            "");

    static final PolicyKind KIND = new PolicyKind(
            "weighted-fair",
            List.of(),
            "Tenants, told apart by a label, share the cores by weight however many requests each has.",
            List.of(LABEL, WEIGHTS),
            values -> new WeightedFair(values.get(LABEL), Parameter.Weights.parse(values.get(WEIGHTS))));

    private final String label;
    private final Map<String, Double> weights;

    private WeightedFair(String label, Map<String, Double> weights) {
        this.label = label;
        this.weights = weights;
    }

    private static final class Tenant {
        final double weight;
        int[] jobs = new int[4];
        int count;
        double limit;

        Tenant(double weight) {
            this.weight = weight;
        }

        void add(int job, double jobLimit) {
            if (count == jobs.length) {
                jobs = Arrays.copyOf(jobs, 2 * count);
            }
            jobs[count++] = job;
            limit += jobLimit;
        }

        /** Millicores per weight that it can use. */
        double depth() {
            return limit / weight;
        }
    }

    @Override
    public Allocation allocate(Snapshot snapshot) {
        int[] order = Orders.placedFirst(snapshot);
        double[] millicores = new double[snapshot.jobs().size()];
        List<Tenant> tenants = tenants(snapshot, order);
        double left = snapshot.budget();
        double weight = 0;
        for (Tenant tenant : tenants) {
            weight += tenant.weight;
        }
        // The shallowest first: what it leaves is divided among those after it.
        for (Tenant tenant : tenants) {
            double share = Math.min(tenant.limit, left * tenant.weight / weight);
            Filling.equally(snapshot, tenant.jobs, 0, tenant.count, share, millicores);
            left = Math.max(0, left - share);
            weight -= tenant.weight;
        }
        return new Allocation(order, millicores, Placement.SLICED, true);
    }

    private List<Tenant> tenants(Snapshot snapshot, int[] order) {
        Map<String, Tenant> byName = new HashMap<>();
        List<Tenant> tenants = new ArrayList<>();
        for (int job : order) {
            String name = name(snapshot, job);
            Tenant tenant = byName.get(name);
            if (tenant == null) {
                tenant = new Tenant(weights.getOrDefault(name, 1.0));
                byName.put(name, tenant);
                tenants.add(tenant);
            }
            tenant.add(job, snapshot.jobs().get(job).limit());
        }
        tenants.sort(Comparator.comparingDouble(Tenant::depth));
        return tenants;
    }

    private String name(Snapshot snapshot, int job) {
        return snapshot.jobs().get(job).labels().getOrDefault(label, "");
    }
}
