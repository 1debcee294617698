package io.framequota.scheduler.controller.enforce;

import io.framequota.scheduler.cgroup.EnforcementException;
import io.framequota.scheduler.dispatch.WorkerId;
import io.framequota.scheduler.dispatch.WorkerShare;
import io.framequota.scheduler.quota.WriteOutcome;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Under {@link io.framequota.scheduler.quota.Actuator#DISPATCH}, raises the limit of every worker that was created with less than
 * its cores, once, when the worker is first seen. If that fails it reports which workers are held back, why, and the remedy.
 * Times are seconds of one clock. For one thread.
 */
final class LimitRaiser implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(LimitRaiser.class);
    private final Supplier<Optional<InitialLimits>> backend;
    /** Workers whose limit was raised, or high enough. */
    private final Set<WorkerId> done = new HashSet<>();

    private @Nullable InitialLimits limits;
    private OptionalDouble openedAt = OptionalDouble.empty();
    private @Nullable String logged;
    private List<HeldBack> heldBack = List.of();
    private @Nullable String refusal;
    private double refusedAt;

    /** @param backend opens the limits that workers were created with; empty if workers have none */
    LimitRaiser(Supplier<Optional<InitialLimits>> backend) {
        this.backend = backend;
    }

    /** A worker that may not use all of its cores, in millicores. */
    private record HeldBack(String worker, double limit, int full) {}

    /** Opens the limits unless they are open; false if there are none. */
    boolean open(double now) {
        if (limits == null && (openedAt.isEmpty() || now - openedAt.getAsDouble() >= ShareEnforcement.RETRY_S)) {
            openedAt = OptionalDouble.of(now);
            try {
                limits = backend.get().orElse(null);
            } catch (LimitsUnavailableException e) {
                String line = "the limits that workers were created with cannot be read: " + e.getMessage();
                if (!line.equals(logged)) {
                    LOG.warn(line);
                }
                logged = line;
            }
        }
        return limits != null;
    }

    /** Raises the limits of new workers; after a refusal writes nothing for {@link ShareEnforcement#RETRY_S}. */
    void raise(List<WorkerShare> workers, double now) {
        InitialLimits open = limits;
        if (open == null) {
            return;
        }
        done.retainAll(workers.stream().map(WorkerShare::worker).toList());
        String before = refusal;
        if (before != null && now - refusedAt >= ShareEnforcement.RETRY_S) {
            refusal = null;
        }
        boolean mayWrite = refusal == null;
        List<HeldBack> still = new ArrayList<>();
        for (WorkerShare share : workers) {
            String name = share.worker().name();
            OptionalDouble limit = done.contains(share.worker()) ? OptionalDouble.empty() : open.of(name);
            if (limit.isEmpty()) {
                continue;
            }
            HeldBack worker = new HeldBack(name, limit.getAsDouble(), share.full());
            boolean isLow = worker.limit() < worker.full();
            if (isLow && mayWrite) {
                try {
                    String why = raise(open, worker);
                    if (why == null) {
                        isLow = false;
                    } else {
                        refusal = why;
                        refusedAt = now;
                    }
                } catch (LimitsUnavailableException | EnforcementException e) {
                    // The reason holds for all workers.
                    mayWrite = false;
                    refusal = String.valueOf(e.getMessage());
                    refusedAt = now;
                }
            }
            if (isLow) {
                still.add(worker);
            } else {
                done.add(share.worker());
            }
        }
        heldBack = List.copyOf(still);
        if (heldBack.isEmpty()) {
            refusal = null;
        } else if (!Objects.equals(before, refusal)) {
            LOG.warn(notice());
        }
    }

    /** Why a limit could not be raised, null if it was. */
    private static @Nullable String raise(InitialLimits open, HeldBack worker) {
        if (open.raise(worker.worker(), worker.full()).orElse(null) instanceof WriteOutcome.Missed missed) {
            return missed.words();
        }
        LOG.infof(
                "%s was created with a limit of %d millicores; raised to %d, all of its cores",
                worker.worker(), Math.round(worker.limit()), worker.full());
        return null;
    }

    /** Which workers are held back, why, and the remedy; null if none are. */
    @Nullable
    String notice() {
        if (heldBack.isEmpty() || limits == null) {
            return null;
        }
        HeldBack first = heldBack.getFirst();
        int more = heldBack.size() - 1;
        String others = more == 0 ? "" : " (" + more + (more == 1 ? " more is" : " more are") + " held back, too)";
        return first.worker() + " may use " + Math.round(first.limit()) + " of its " + first.full() + " millicores"
                + others + ": the limit that it was created with cannot be raised (" + refusal + "); "
                + limits.remedy();
    }

    /** Checks all workers again: another scheduler led in the meantime and may have changed their limits. */
    void forget() {
        done.clear();
        heldBack = List.of();
        refusal = null;
    }

    /** Closes the limits until they are opened again. Idempotent. */
    @Override
    public void close() {
        forget();
        openedAt = OptionalDouble.empty();
        if (limits != null) {
            limits.close();
            limits = null;
        }
    }
}
