package io.framequota.scheduler.policy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Shares for tenants by weight; within a tenant equal shares. What a tenant cannot use is divided among the others. */
final class WeightedFairPolicy implements Policy {
    private static final Parameter LABEL =
            new Parameter("label", "the label that names a request's tenant", new Parameter.Text(), "tenant");
    private static final Parameter WEIGHTS = new Parameter(
            "weights",
            "weights of tenants; one that is not named, and requests without the label together, weigh 1",
            new Parameter.Weights(),
            "");

    static final PolicyDefinition KIND = new PolicyDefinition(
            "weighted-fair",
            List.of(),
            "Tenants, told apart by a label, share the cores by weight however many requests each has.",
            List.of(LABEL, WEIGHTS),
            values -> new WeightedFairPolicy(values.get(LABEL), Parameter.Weights.parse(values.get(WEIGHTS))));

    private final String label;
    private final Map<String, Double> weights;

    private WeightedFairPolicy(String label, Map<String, Double> weights) {
        this.label = label;
        this.weights = weights;
    }

    private static final class Tenant {
        final double weight;
        int count;
        double limit;
        /** Where its jobs stand among those of all tenants. */
        int from;

        int to;

        Tenant(double weight) {
            this.weight = weight;
        }

        /** Millicores per weight that it can use. */
        double depth() {
            return limit / weight;
        }
    }

    @Override
    public Allocation allocate(Snapshot snapshot) {
        int[] order = JobOrders.placedFirst(snapshot);
        List<Tenant> tenants = new ArrayList<>();
        int[] byTenant = new int[order.length];
        double[] limits = new double[order.length];
        group(snapshot, order, tenants, byTenant, limits);
        tenants.sort(Comparator.comparingDouble(Tenant::depth));
        double left = snapshot.budget();
        double weight = 0;
        for (Tenant tenant : tenants) {
            weight += tenant.weight;
        }
        double[] millicores = new double[snapshot.jobs().size()];
        // The shallowest first: what it leaves is divided among those after it.
        for (Tenant tenant : tenants) {
            double share = Math.min(tenant.limit, left * tenant.weight / weight);
            WaterFilling.equally(limits, tenant.from, byTenant, tenant.from, tenant.to, share, millicores);
            left = Math.max(0, left - share);
            weight -= tenant.weight;
        }
        return new Allocation(order, millicores, ExecutionMode.SLICED, true);
    }

    /**
     * Puts the jobs of a tenant beside one another.
     *
     * @param tenants in the order in which they come, added
     * @param byTenant the positions of {@code order}, those of a tenant beside one another, written
     * @param limits what each of those jobs can use, written
     */
    private void group(Snapshot snapshot, int[] order, List<Tenant> tenants, int[] byTenant, double[] limits) {
        Map<String, Tenant> byName = new HashMap<>();
        Tenant[] tenantOf = new Tenant[order.length];
        double[] limitOf = new double[order.length];
        for (int rank = 0; rank < order.length; rank++) {
            SnapshotJob job = snapshot.jobs().get(order[rank]);
            String name = job.labels().getOrDefault(label, "");
            Tenant tenant = byName.get(name);
            if (tenant == null) {
                tenant = new Tenant(weights.getOrDefault(name, 1.0));
                byName.put(name, tenant);
                tenants.add(tenant);
            }
            tenant.count++;
            tenant.limit += job.limit();
            tenantOf[rank] = tenant;
            limitOf[rank] = job.limit();
        }
        int next = 0;
        for (Tenant tenant : tenants) {
            tenant.from = next;
            tenant.to = next;
            next += tenant.count;
        }
        for (int rank = 0; rank < order.length; rank++) {
            int slot = tenantOf[rank].to++;
            byTenant[slot] = order[rank];
            limits[slot] = limitOf[rank];
        }
    }
}
