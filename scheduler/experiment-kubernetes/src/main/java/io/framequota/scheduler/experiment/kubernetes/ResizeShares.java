package io.framequota.scheduler.experiment.kubernetes;

import io.framequota.scheduler.enforce.Quota;
import io.framequota.scheduler.enforce.QuotaPlan;
import io.framequota.scheduler.experiment.real.Shares;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;

/** Each pod has a quota, ordered from the cluster in the plan's order; the pod tells when it is in force. */
final class ResizeShares implements Shares {
    private final QuotaPlan plan;
    private final Resizer resizer;
    private final Map<String, PodWorker> workers = new HashMap<>();
    private final Map<String, Integer> wanted = new HashMap<>();

    /** All workers are parked and idle. */
    ResizeShares(List<PodWorker> among, Resizer resizer, int budget, long periodNanos) {
        this.plan = new QuotaPlan(budget, periodNanos);
        this.resizer = resizer;
        for (PodWorker worker : among) {
            workers.put(worker.name(), worker);
            wanted.put(worker.name(), Quota.PARKED_MILLI);
            plan.opened(worker.name(), Quota.PARKED_MILLI);
        }
    }

    @Override
    public void want(String worker, int millicores, boolean runnable) {
        wanted.put(worker, millicores);
        plan.want(worker, millicores, runnable);
    }

    @Override
    public List<InForce> enforce(long now) {
        List<Resizer.Order> orders = plan.due(now).stream()
                .map(w -> new Resizer.Order(Objects.requireNonNull(workers.get(w.group())), w.millicores()))
                .toList();
        if (!orders.isEmpty()) {
            resizer.submit(orders);
        }
        return List.of();
    }

    @Override
    public boolean settled(String worker) {
        return Objects.equals(
                wanted.get(worker), Objects.requireNonNull(workers.get(worker)).held());
    }

    @Override
    public OptionalLong nextDue(long now) {
        return plan.nextDue(now);
    }
}
