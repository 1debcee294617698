package io.framequota.scheduler.controller.enforce;

import io.framequota.scheduler.cgroup.EnforcementException;
import io.framequota.scheduler.dispatch.DispatchEvent;
import io.framequota.scheduler.dispatch.WorkerShare;
import io.framequota.scheduler.quota.Actuator;
import io.framequota.scheduler.quota.WriteOutcome;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
 * Makes the allocation true by the chosen actuator, on a thread of its own: whoever decides never waits for a write. What
 * is not possible falls back to {@link Actuator#DISPATCH}, with one notice, once nobody is held back any more: turns are of
 * no use among workers that a quota has parked. While limits cannot be written at all, everything stays as it is. Its
 * methods may be called from any thread and return at once.
 */
public final class Enforcer implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Enforcer.class);
    private static final double READ_S = 1;
    private static final double RETRY_S = 5;
    private static final double NANOS = 1e9;

    /**
     * What is in force.
     *
     * @param actuator that makes the allocation true now
     * @param trouble why it is not the wanted one, or what is wrong; null when nothing is
     * @param workers what each of them has, empty under dispatch
     */
    public record View(Actuator actuator, @Nullable Trouble trouble, List<QuotaReading> workers) {
        static final View DISPATCH = new View(Actuator.DISPATCH, null, List.of());

        /** What is wrong in words for people, null when nothing is. */
        public @Nullable String notice() {
            return trouble == null ? null : trouble.words();
        }
    }

    /**
     * Why the allocation is not in force.
     *
     * @param reason one word: the kind of the first worker's outcome, or what else it is
     * @param words for people
     */
    public record Trouble(String reason, String words) {}

    /** What was decided. */
    private record Decided(List<WorkerShare> shares, double budget, double cap) {}

    private final List<LimitBackend> homes;
    private final Consumer<DispatchEvent.SharesEnforced> enforced;
    private final Consumer<View> viewed;
    private final LongSupplier nanoTime;
    private final Thread thread;

    // What others said since the last round.
    private final AtomicReference<@Nullable Decided> latest = new AtomicReference<>();
    private final AtomicReference<Actuator> chosen = new AtomicReference<>(Actuator.DISPATCH);
    private final AtomicBoolean rests = new AtomicBoolean();
    private final Map<String, WriteOutcome> outcomes = new ConcurrentHashMap<>();
    private final Semaphore news = new Semaphore(0);

    private volatile boolean active;
    private volatile boolean closed;
    private volatile View view = View.DISPATCH;

    // Of the thread.
    private final LimitRaiser lifting;
    private Actuator wanted = Actuator.DISPATCH;
    private @Nullable WorkerLimits limits;
    private @Nullable ShareEnforcement enforcement;
    private @Nullable String notice;
    /** Whether the limits are open and cannot be written: workers keep what they have until {@link #openAt}. */
    private boolean stuck;

    private double openAt = Double.NEGATIVE_INFINITY;
    private double readAt = Double.NEGATIVE_INFINITY;

    /**
     * Dispatches until another actuator is chosen; does nothing before {@link #start}.
     *
     * @param homes at most one of them is configured
     * @param enforced hears whether and how workers are held to their shares from now on
     * @param viewed hears what is in force, about every second and on its changes
     * @param nanoTime a clock that never goes back, in nanoseconds
     */
    public Enforcer(
            List<LimitBackend> homes,
            Consumer<DispatchEvent.SharesEnforced> enforced,
            Consumer<View> viewed,
            LongSupplier nanoTime) {
        this.homes = List.copyOf(homes);
        this.enforced = enforced;
        this.viewed = viewed;
        this.nanoTime = nanoTime;
        lifting = new LimitRaiser(() -> this.homes.stream()
                .filter(LimitBackend::isConfigured)
                .findFirst()
                .flatMap(LimitBackend::ceilings));
        thread = Thread.ofPlatform().name("enforce").daemon().unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /** Whether {@link #decided} is of any use now: under dispatch, where workers come with limits of their own. */
    public boolean isActive() {
        return active;
    }

    /**
     * Every worker's share from now on.
     *
     * @param budget millicores that workers may use together now
     * @param cap the same if all of them were ready; infinite when only they limit it
     */
    public void decided(List<WorkerShare> shares, double budget, double cap) {
        latest.set(new Decided(shares, budget, cap));
        news.release();
    }

    /** Another scheduler decides: nothing is written any more until somebody decides here. */
    public void rest() {
        latest.set(null);
        rests.set(true);
        news.release();
    }

    /** Makes another actuator the wanted one. */
    public void choose(Actuator actuator) {
        chosen.set(actuator);
        news.release();
    }

    public View view() {
        return view;
    }

    private void run() {
        while (!closed) {
            try {
                double wait = round() - now();
                if (news.tryAcquire((long) (Math.max(0, wait) * NANOS), TimeUnit.NANOSECONDS)) {
                    news.drainPermits();
                }
            } catch (InterruptedException e) {
                break;
            }
        }
        if (limits != null) {
            limits.close();
        }
        lifting.close();
    }

    private double now() {
        return nanoTime.getAsLong() / NANOS;
    }

    /** Does what is due and everything that was said; when there is more to do. The thread lives on whatever fails. */
    double round() {
        double now = now();
        try {
            obey(now);
            return enforce(now);
        } catch (LimitsUnavailableException e) {
            unavailable(String.valueOf(e.getMessage()), e.passing(), now);
        } catch (EnforcementException e) {
            unavailable(String.valueOf(e.getMessage()), true, now);
        } catch (RuntimeException e) {
            LOG.error("quotas could not be enforced", e);
            unavailable("of an unexpected failure (see the log)", true, now);
        }
        return now + READ_S;
    }

    /** Takes what others said. */
    private void obey(double now) {
        Actuator actuator = chosen.get();
        if (actuator != wanted) {
            release();
            wanted = actuator;
            openAt = now;
        }
        if (rests.getAndSet(false) && latest.get() == null) {
            // What the other one does to workers is read anew when it is our turn again.
            enforcement = limits == null ? null : new ShareEnforcement(limits, wanted);
            lifting.forget();
        }
        for (String worker : outcomes.keySet()) {
            WriteOutcome outcome = outcomes.remove(worker);
            if (enforcement != null && outcome != null) {
                enforcement.told(worker, outcome, now);
            }
        }
    }

    /** Opens, writes and reads what is due; when there is more to do. */
    private double enforce(double now) {
        if (limits == null && wanted != Actuator.DISPATCH && now >= openAt) {
            open();
        }
        Decided decided = latest.get();
        if (limits == null) {
            active = lifting.open(now);
            if (decided != null) {
                lifting.look(decided.shares(), now);
            }
        }
        double next = now + READ_S;
        ShareEnforcement current = enforcement;
        if (stuck && now < openAt) {
            next = Math.min(next, openAt);
        } else if (current != null && decided != null) {
            current.decided(decided.shares(), decided.budget(), decided.cap());
            next = Math.min(next, current.step(now));
            if (stuck) {
                stuck = false;
                notice = null;
                LOG.infof("workers are held to their shares by %s again", wanted.label());
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
        LimitBackend home = homes.stream()
                .filter(LimitBackend::isConfigured)
                .findFirst()
                .orElseThrow(() -> new LimitsUnavailableException(
                        "nothing says where the workers' limits are (neither control groups nor a cluster)", false));
        WorkerLimits opened = home.open(wanted, this::told);
        lifting.close();
        limits = opened;
        enforcement = new ShareEnforcement(opened, wanted);
        notice = null;
        active = true;
        LOG.infof("workers are held to their shares by %s", wanted.label());
        enforced.accept(new DispatchEvent.SharesEnforced(true, wanted == Actuator.WEIGHT));
        show();
    }

    private void told(String worker, WriteOutcome outcome) {
        outcomes.put(worker, outcome);
        news.release();
    }

    /** Falls back to dispatch, or where workers would stay parked leaves them bound as they are, and tries again. */
    private void unavailable(String reason, boolean passing, double now) {
        stuck = !raisesAll();
        String line = wanted.label() + " cannot be used because " + reason
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
        openAt = passing || stuck ? now + RETRY_S : Double.POSITIVE_INFINITY;
        show();
    }

    /** Goes back to dispatch because somebody wants it: nobody is held back any more. */
    private void release() {
        if (!raisesAll()) {
            LOG.warn("some workers keep their limits: they cannot be written");
        }
        forget();
        stuck = false;
        notice = null;
        show();
    }

    /** Lets every worker use all of its cores; whether it could, or nothing of ours holds them. */
    private boolean raisesAll() {
        WorkerLimits open = limits;
        Decided decided = latest.get();
        if (open == null || decided == null) {
            return true;
        }
        // Anew: what was written when something failed is not known, and none of it may be waited for.
        ShareEnforcement fresh = new ShareEnforcement(open, wanted);
        enforcement = new ShareEnforcement(open, wanted);
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
        String held = limits == null ? lifting.notice() : null;
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
        view = new View(current == null ? Actuator.DISPATCH : wanted, trouble, readings);
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
