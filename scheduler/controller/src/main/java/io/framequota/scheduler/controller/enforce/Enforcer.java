package io.framequota.scheduler.controller.enforce;

import io.framequota.scheduler.cgroup.EnforcementException;
import io.framequota.scheduler.dispatch.DispatchEvent;
import io.framequota.scheduler.dispatch.WorkerShare;
import io.framequota.scheduler.quota.Actuator;
import io.framequota.scheduler.quota.WriteOutcome;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Enforces the workers' shares by the selected actuator, on a thread of its own, so that the event loop never waits for a write.
 * If the actuator is not available it falls back to {@link Actuator#DISPATCH}, once every worker may use all of its cores again:
 * a worker that a quota has parked could not compute the chunks dispatched to it. While limits cannot be written at all,
 * everything stays as it is. The methods may be called from any thread and return at once.
 */
public final class Enforcer implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Enforcer.class);
    private static final double READ_S = 1;
    private static final double RETRY_S = 5;
    private static final double NANOS = 1e9;

    /**
     * The state of enforcement.
     *
     * @param actuator in force
     * @param trouble why shares are not enforced as selected; null if they are
     * @param workers the share and limit of each, empty under dispatch
     */
    public record View(Actuator actuator, @Nullable Trouble trouble, List<QuotaReading> workers) {
        static final View DISPATCH = new View(Actuator.DISPATCH, null, List.of());

        /** The trouble in words for people, null if there is none. */
        public @Nullable String notice() {
            return trouble == null ? null : trouble.words();
        }
    }

    /**
     * Why shares are not enforced as selected.
     *
     * @param reason one word, such as the kind of the first worker's {@link WriteOutcome}; the reason of a Kubernetes condition
     * @param words for people
     */
    public record Trouble(String reason, String words) {}

    private record Decided(List<WorkerShare> shares, double budget, double cap) {}

    private final Optional<LimitBackend> backend;
    private final Consumer<DispatchEvent.SharesEnforced> enforced;
    private final Consumer<View> viewed;
    private final LongSupplier nanoTime;
    private final Thread thread;

    // Requests and outcomes since the last round.
    private final AtomicReference<@Nullable Decided> latest = new AtomicReference<>();
    private final AtomicReference<Actuator> selected = new AtomicReference<>(Actuator.DISPATCH);
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final Map<String, WriteOutcome> outcomes = new ConcurrentHashMap<>();
    private final Semaphore wakeUps = new Semaphore(0);

    private volatile boolean active;
    private volatile boolean closed;
    private volatile View view = View.DISPATCH;

    // Confined to the thread.
    private final LimitRaiser raiser;
    private Actuator actuator = Actuator.DISPATCH;
    private @Nullable WorkerLimits limits;
    private @Nullable ShareEnforcement enforcement;
    private @Nullable String notice;
    /** Whether the compute time of inference servers is divided, for which nothing is written here. */
    private boolean dividing;
    /** Whether the limits are open but not writable: workers keep what they have until {@link #openAt}. */
    private boolean stuck;

    private double openAt = Double.NEGATIVE_INFINITY;
    private double readAt = Double.NEGATIVE_INFINITY;

    /**
     * Starts with {@link Actuator#DISPATCH}; does nothing before {@link #start}.
     *
     * @param backends at most one of them is configured
     * @param enforced is told whether and how workers are limited to their shares from now on
     * @param viewed is told the state of enforcement, about every second and on changes
     * @param nanoTime a clock that never goes back, in nanoseconds
     */
    public Enforcer(
            List<LimitBackend> backends,
            Consumer<DispatchEvent.SharesEnforced> enforced,
            Consumer<View> viewed,
            LongSupplier nanoTime) {
        this.backend = backends.stream().filter(LimitBackend::isConfigured).findFirst();
        this.enforced = enforced;
        this.viewed = viewed;
        this.nanoTime = nanoTime;
        raiser = new LimitRaiser(() -> backend.flatMap(LimitBackend::initialLimits));
        thread = Thread.ofPlatform().name("enforce").daemon().unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /**
     * Whether {@link #enforce} has an effect at present: under {@link Actuator#DISPATCH} only while workers may have been started
     * with limits, which are then raised.
     */
    public boolean isActive() {
        return active;
    }

    /**
     * Limits each worker to its share from now on.
     *
     * @param budget millicores that all workers may use together now
     * @param cap the budget if all workers were ready; infinite if nothing else limits it
     */
    public void enforce(List<WorkerShare> shares, double budget, double cap) {
        latest.set(new Decided(shares, budget, cap));
        wakeUps.release();
    }

    /** Writes no limits until the next {@link #enforce}: another scheduler decides. */
    public void stopEnforcing() {
        latest.set(null);
        stopped.set(true);
        wakeUps.release();
    }

    /** Enforces shares by another actuator from now on. */
    public void select(Actuator next) {
        selected.set(next);
        wakeUps.release();
    }

    public View view() {
        return view;
    }

    private void run() {
        while (!closed) {
            try {
                double wait = round() - now();
                if (wakeUps.tryAcquire((long) (Math.max(0, wait) * NANOS), TimeUnit.NANOSECONDS)) {
                    wakeUps.drainPermits();
                }
            } catch (InterruptedException e) {
                break;
            }
        }
        if (limits != null) {
            limits.close();
        }
        raiser.close();
    }

    private double now() {
        return nanoTime.getAsLong() / NANOS;
    }

    /** Takes all requests, and writes and reads what is due; returns when the next round is due. The thread survives failures. */
    double round() {
        double now = now();
        try {
            takeRequests(now);
            return writeDue(now);
        } catch (LimitsUnavailableException e) {
            unavailable(String.valueOf(e.getMessage()), e.isTemporary(), now);
        } catch (EnforcementException e) {
            unavailable(String.valueOf(e.getMessage()), true, now);
        } catch (RuntimeException e) {
            LOG.error("an unexpected failure of enforcement", e);
            unavailable("of an unexpected failure (see the log)", true, now);
        }
        return now + READ_S;
    }

    private void takeRequests(double now) {
        Actuator next = selected.get();
        if (next != actuator) {
            release();
            actuator = next;
            openAt = now;
        }
        if (stopped.getAndSet(false) && latest.get() == null) {
            // The other scheduler changes limits: read them again when this one leads again.
            enforcement = limits == null ? null : new ShareEnforcement(limits, actuator);
            raiser.forget();
        }
        for (String worker : outcomes.keySet()) {
            WriteOutcome outcome = outcomes.remove(worker);
            if (enforcement != null && outcome != null) {
                enforcement.onOutcome(worker, outcome, now);
            }
        }
    }

    private double writeDue(double now) {
        if (actuator.dividesComputeTime() && limits == null && !dividing) {
            dividing = true;
            LOG.infof("the compute time of inference servers is divided by %s", actuator.label());
            enforced.accept(new DispatchEvent.SharesEnforced(true, actuator == Actuator.GPU_TIME_BORROW, true));
            show();
        }
        if (limits == null && actuator.limitsWorkers() && now >= openAt) {
            open();
        }
        Decided decided = latest.get();
        if (limits == null) {
            active = raiser.open(now);
            if (decided != null) {
                raiser.raise(decided.shares(), now);
            }
        }
        double next = now + READ_S;
        ShareEnforcement current = enforcement;
        if (stuck && now < openAt) {
            next = Math.min(next, openAt);
        } else if (current != null && decided != null) {
            current.update(decided.shares(), decided.budget(), decided.cap());
            next = Math.min(next, current.step(now));
            if (stuck) {
                stuck = false;
                notice = null;
                LOG.infof("workers are limited to their shares by %s again", actuator.label());
                show();
            }
        }
        if (now >= readAt) {
            readAt = now + READ_S;
            show();
        }
        return Math.min(next, readAt);
    }

    private void open() {
        WorkerLimits opened = backend.orElseThrow(() -> new LimitsUnavailableException(
                        "neither control groups nor a cluster is configured to limit workers", false))
                .open(actuator, this::onOutcome);
        raiser.close();
        limits = opened;
        enforcement = new ShareEnforcement(opened, actuator);
        notice = null;
        active = true;
        LOG.infof("workers are limited to their shares by %s", actuator.label());
        enforced.accept(new DispatchEvent.SharesEnforced(true, actuator == Actuator.WEIGHT));
        show();
    }

    private void onOutcome(String worker, WriteOutcome outcome) {
        outcomes.put(worker, outcome);
        wakeUps.release();
    }

    /** Falls back to dispatch; if limits cannot even be raised, leaves everything as it is. Tries again later. */
    private void unavailable(String reason, boolean temporary, double now) {
        stuck = !raisesAll();
        String line = actuator.label() + " cannot be used because " + reason
                + (stuck
                        ? "; workers keep the limits and jobs that they have"
                        : "; chunks are dispatched in the policy's order instead");
        if (!line.equals(notice)) {
            LOG.warn(line);
        }
        if (!stuck) {
            forget();
        }
        notice = line;
        openAt = temporary || stuck ? now + RETRY_S : Double.POSITIVE_INFINITY;
        show();
    }

    /** Goes back to dispatch, because it was selected. */
    private void release() {
        if (!raisesAll()) {
            LOG.warn("some workers keep their limits, which cannot be written");
        }
        forget();
        if (dividing) {
            dividing = false;
            enforced.accept(DispatchEvent.SharesEnforced.NOT);
        }
        stuck = false;
        notice = null;
        show();
    }

    /** Raises every worker's limit to all of its cores; true if that worked, or if there was nothing to raise. */
    private boolean raisesAll() {
        WorkerLimits open = limits;
        Decided decided = latest.get();
        if (open == null || decided == null) {
            return true;
        }
        // Start from the limits in force: after a failure it is unknown which writes took effect.
        ShareEnforcement fresh = new ShareEnforcement(open, actuator);
        enforcement = new ShareEnforcement(open, actuator);
        try {
            return fresh.release(decided.shares(), decided.cap());
        } catch (RuntimeException e) {
            LOG.debugf("workers keep their limits: %s", e.getMessage());
            return false;
        }
    }

    private void forget() {
        WorkerLimits open = limits;
        limits = null;
        enforcement = null;
        if (open != null) {
            open.close();
            active = false;
            enforced.accept(DispatchEvent.SharesEnforced.NOT);
        }
    }

    private void show() {
        ShareEnforcement current = enforcement;
        List<QuotaReading> readings = current == null ? List.of() : current.readings();
        String held = limits == null ? raiser.notice() : null;
        Trouble trouble = null;
        if (current != null && !stuck) {
            trouble = trouble(current, readings);
            if (trouble != null && !trouble.words().equals(view.notice())) {
                LOG.warn(trouble.words());
            }
        } else if (notice != null) {
            trouble = new Trouble("Unavailable", held == null ? notice : notice + "; " + held);
        } else if (held != null) {
            trouble = new Trouble("HeldBack", held);
        }
        view = new View(current == null && !dividing ? Actuator.DISPATCH : actuator, trouble, readings);
        viewed.accept(view);
    }

    private static @Nullable Trouble trouble(ShareEnforcement current, List<QuotaReading> readings) {
        List<QuotaReading> troubles =
                readings.stream().filter(r -> r.missed() != null).toList();
        if (!troubles.isEmpty()) {
            QuotaReading first = troubles.getFirst();
            String more = troubles.size() > 1 ? "; and " + (troubles.size() - 1) + " more workers" : "";
            return new Trouble(Objects.requireNonNull(first.missed()).getClass().getSimpleName(), first.words() + more);
        }
        List<String> unknown = current.unknown();
        return unknown.isEmpty() ? null : new Trouble("Unknown", "no limit is known for " + String.join(", ", unknown));
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
