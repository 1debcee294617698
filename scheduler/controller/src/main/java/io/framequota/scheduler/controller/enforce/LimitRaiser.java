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
 * While chunks are dispatched: every worker whose limit is below its cores gets them all, once, when it is seen first. Where
 * that is not possible it says who is held back, why, and what to do. Knows no clock: times are seconds of one clock. For one
 * thread.
 */
final class LimitRaiser implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(LimitRaiser.class);
    private final Supplier<Optional<InitialLimits>> home;
    /** Who needs no look any more. */
    private final Set<WorkerId> done = new HashSet<>();

    private @Nullable InitialLimits ceilings;
    private OptionalDouble askedAt = OptionalDouble.empty();
    private @Nullable String told;
    private List<Held> held = List.of();
    private @Nullable String refusal;
    private double refusedAt;

    /** @param home opens the limits that workers come with; empty where there are none */
    LimitRaiser(Supplier<Optional<InitialLimits>> home) {
        this.home = home;
    }

    /** A worker that may not use all of its cores. */
    private record Held(String worker, double ceiling, int full) {}

    /** Opens the limits unless they are open; whether there are any to look at. */
    boolean open(double now) {
        if (ceilings == null && (askedAt.isEmpty() || now - askedAt.getAsDouble() >= ShareEnforcement.AGAIN_S)) {
            askedAt = OptionalDouble.of(now);
            try {
                ceilings = home.get().orElse(null);
            } catch (LimitsUnavailableException e) {
                String line = "whether workers are held back by limits of their own is not known: " + e.getMessage();
                if (!line.equals(told)) {
                    LOG.warn(line);
                }
                told = line;
            }
        }
        return ceilings != null;
    }

    /** Raises whoever is new and held back; after a refusal nothing is written for {@link ShareEnforcement#AGAIN_S}. */
    void look(List<WorkerShare> shares, double now) {
        InitialLimits open = ceilings;
        if (open == null) {
            return;
        }
        done.retainAll(shares.stream().map(WorkerShare::worker).toList());
        String before = refusal;
        if (before != null && now - refusedAt >= ShareEnforcement.AGAIN_S) {
            refusal = null;
        }
        boolean mayWrite = refusal == null;
        List<Held> still = new ArrayList<>();
        for (WorkerShare share : shares) {
            String worker = share.worker().name();
            OptionalDouble ceiling = done.contains(share.worker()) ? OptionalDouble.empty() : open.of(worker);
            if (ceiling.isEmpty()) {
                continue;
            }
            Held one = new Held(worker, ceiling.getAsDouble(), share.full());
            String why = null;
            boolean tried = one.ceiling() < one.full() && mayWrite;
            if (tried) {
                try {
                    why = lift(open, one);
                } catch (LimitsUnavailableException | EnforcementException e) {
                    // Of all: the others need not be tried.
                    mayWrite = false;
                    why = String.valueOf(e.getMessage());
                }
            }
            if (why != null) {
                refusal = why;
                refusedAt = now;
            }
            if (why != null || one.ceiling() < one.full() && !tried) {
                still.add(one);
            } else {
                done.add(share.worker());
            }
        }
        held = List.copyOf(still);
        if (held.isEmpty()) {
            refusal = null;
        } else if (!Objects.equals(before, refusal)) {
            LOG.warn(notice());
        }
    }

    /** Why a limit could not be raised, null when it could. */
    private static @Nullable String lift(InitialLimits open, Held one) {
        if (open.lift(one.worker(), one.full()).orElse(null) instanceof WriteOutcome.Missed missed) {
            return missed.words();
        }
        LOG.infof(
                "%s was made with a limit of %d millicores and may use all of its %d now",
                one.worker(), Math.round(one.ceiling()), one.full());
        return null;
    }

    /** Who is held back, why, and what to do; null when nobody is. */
    @Nullable
    String notice() {
        if (held.isEmpty() || ceilings == null) {
            return null;
        }
        Held one = held.getFirst();
        String others = held.size() == 1 ? "" : " (" + (held.size() - 1) + " more are held back, too)";
        return one.worker() + " may use " + Math.round(one.ceiling()) + " of its " + one.full() + " millicores" + others
                + ": the limit that it was made with cannot be raised (" + refusal + "); " + ceilings.remedy();
    }

    /** Another scheduler decides: what it does to workers is read anew when it is our turn again. */
    void forget() {
        done.clear();
        held = List.of();
        refusal = null;
    }

    /** Lets go of the limits until they are opened again. Idempotent. */
    @Override
    public void close() {
        forget();
        askedAt = OptionalDouble.empty();
        if (ceilings != null) {
            ceilings.close();
            ceilings = null;
        }
    }
}
