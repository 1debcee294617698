package io.framequota.scheduler.actuator;

import io.framequota.scheduler.dispatch.Event;
import io.framequota.scheduler.dispatch.WorkerShare;
import io.framequota.scheduler.enforce.EnforcementException;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
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
    private static final long READ_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(5);

    /**
     * What is in force.
     *
     * @param actuator that makes the allocation true now
     * @param notice why it is not the wanted one, or what is wrong; null when nothing is
     * @param workers what each of them has, empty under dispatch
     */
    public record View(Actuator actuator, @Nullable String notice, List<Reading> workers) {
        static final View DISPATCH = new View(Actuator.DISPATCH, null, List.of());
    }

    /** What was decided. */
    private record Decided(List<WorkerShare> shares, double budget, double cap) {}

    private final List<Home> homes;
    private final Consumer<Event.SharesEnforced> enforced;
    private final Consumer<View> viewed;
    private final Thread thread;
    private final AtomicReference<@Nullable Decided> latest = new AtomicReference<>();
    private final AtomicBoolean signalled = new AtomicBoolean();
    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private volatile boolean active;
    private volatile boolean closed;
    private volatile View view = View.DISPATCH;

    // Of the thread.
    private final Lifting lifting;
    private Actuator wanted = Actuator.DISPATCH;
    private @Nullable Limits limits;
    private @Nullable Enforcement enforcement;
    private @Nullable String notice;
    /** Whether the limits are open and cannot be written: workers keep what they have until {@link #openAt}. */
    private boolean stuck;

    private long openAt;
    private long readAt;

    /**
     * Dispatches until another actuator is chosen; does nothing before {@link #start}.
     *
     * @param homes at most one of them is configured
     * @param enforced hears whether and how workers are held to their shares from now on
     * @param viewed hears what is in force, about every second and on its changes
     */
    public Enforcer(List<Home> homes, Consumer<Event.SharesEnforced> enforced, Consumer<View> viewed) {
        this.homes = List.copyOf(homes);
        this.enforced = enforced;
        this.viewed = viewed;
        lifting = new Lifting(
                () -> this.homes.stream().filter(Home::isConfigured).findFirst().flatMap(Home::ceilings));
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
        if (signalled.compareAndSet(false, true)) {
            tasks.add(() -> {});
        }
    }

    /** Another scheduler decides: nothing is written any more until somebody decides here. */
    public void rest() {
        latest.set(null);
        tasks.add(() -> {
            if (limits != null && latest.get() == null) {
                // What the other one writes is read anew when it is our turn again.
                enforcement = new Enforcement(limits, wanted == Actuator.QUOTA);
            }
            if (latest.get() == null) {
                lifting.forget();
            }
        });
    }

    /** Makes another actuator the wanted one. */
    public void choose(Actuator actuator) {
        tasks.add(() -> {
            if (actuator != wanted) {
                release();
                wanted = actuator;
                openAt = System.nanoTime();
            }
        });
    }

    public View view() {
        return view;
    }

    private void run() {
        openAt = System.nanoTime();
        readAt = openAt;
        while (!closed) {
            try {
                long next = guarded();
                Runnable task = tasks.poll(Math.max(0, next - System.nanoTime()), TimeUnit.NANOSECONDS);
                while (task != null) {
                    obeyed(task);
                    task = tasks.poll();
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

    /** Groups that cannot be released now are found again by the next start; the thread has to live on. */
    private static void obeyed(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("an order to the enforcing thread failed", e);
        }
    }

    private long guarded() {
        try {
            return round();
        } catch (UnavailableException e) {
            unavailable(String.valueOf(e.getMessage()), e.passing());
        } catch (EnforcementException e) {
            unavailable(String.valueOf(e.getMessage()), true);
        } catch (RuntimeException e) {
            LOG.error("quotas could not be enforced", e);
            unavailable("of an unexpected failure (see the log)", true);
        }
        return System.nanoTime() + READ_NANOS;
    }

    /** Opens, writes and reads what is due; when there is more to do. */
    private long round() {
        signalled.set(false);
        long now = System.nanoTime();
        if (limits == null && wanted != Actuator.DISPATCH && now - openAt >= 0) {
            open();
        }
        Decided decided = latest.get();
        if (limits == null) {
            active = lifting.open(now);
            if (decided != null) {
                lifting.look(decided.shares(), now);
            }
        }
        long next = now + READ_NANOS;
        Enforcement current = enforcement;
        if (stuck && now - openAt < 0) {
            next = Math.min(next, openAt);
        } else if (current != null && decided != null) {
            current.decided(decided.shares(), decided.budget(), decided.cap());
            OptionalLong due = current.step(now);
            next = Math.min(next, due.orElse(next));
            if (stuck) {
                stuck = false;
                notice = null;
                LOG.infof("workers are held to their shares by %s again", wanted.label());
                show();
            }
        }
        if (now - readAt >= 0) {
            readAt = now + READ_NANOS;
            show();
        }
        return Math.min(next, readAt);
    }

    private void open() {
        Home home = homes.stream()
                .filter(Home::isConfigured)
                .findFirst()
                .orElseThrow(() -> new UnavailableException(
                        "nothing says where the workers' limits are (neither control groups nor a cluster)", false));
        Limits opened = home.open(wanted, this::found);
        lifting.close();
        limits = opened;
        enforcement = new Enforcement(opened, wanted == Actuator.QUOTA);
        notice = null;
        active = true;
        LOG.infof("workers are held to their shares by %s", wanted.label());
        enforced.accept(new Event.SharesEnforced(true, wanted == Actuator.WEIGHT));
        show();
    }

    private void found(String worker, int millicores, @Nullable String trouble) {
        tasks.add(() -> {
            if (enforcement != null) {
                enforcement.found(worker, millicores, trouble);
            }
        });
    }

    /** Falls back to dispatch, or where workers would stay parked leaves them bound as they are, and tries again. */
    private void unavailable(String reason, boolean passing) {
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
        openAt = System.nanoTime() + (passing || stuck ? RETRY_NANOS : Long.MAX_VALUE / 2);
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
        Limits open = limits;
        Decided decided = latest.get();
        if (open == null || decided == null) {
            return true;
        }
        // Anew: what was written when something failed is not known, and none of it may be waited for.
        Enforcement fresh = new Enforcement(open, wanted == Actuator.QUOTA);
        enforcement = new Enforcement(open, wanted == Actuator.QUOTA);
        try {
            return fresh.release(decided.shares(), decided.cap());
        } catch (RuntimeException e) {
            LOG.debugf("workers keep their limits: %s", e.getMessage());
            return false;
        }
    }

    private void forget() {
        Limits open = limits;
        limits = null;
        enforcement = null;
        if (open != null) {
            open.close();
            active = false;
            enforced.accept(Event.SharesEnforced.NOT);
        }
    }

    private void show() {
        Enforcement current = enforcement;
        List<Reading> readings = current == null ? List.of() : current.readings();
        String held = limits == null ? lifting.notice() : null;
        String line = notice == null ? held : held == null ? notice : notice + "; " + held;
        if (current != null && !stuck) {
            line = trouble(current, readings);
            if (line != null && !line.equals(view.notice())) {
                LOG.warn(line);
            }
        }
        view = new View(current == null ? Actuator.DISPATCH : wanted, line, readings);
        viewed.accept(view);
    }

    private static @Nullable String trouble(Enforcement current, List<Reading> readings) {
        List<String> troubles = readings.stream()
                .filter(r -> r.trouble() != null)
                .map(r -> r.worker() + ": " + r.trouble())
                .toList();
        if (!troubles.isEmpty()) {
            return troubles.getFirst()
                    + (troubles.size() > 1 ? "; and " + (troubles.size() - 1) + " more workers" : "");
        }
        List<String> unknown = current.unknown();
        return unknown.isEmpty() ? null : "no limit is known for " + String.join(", ", unknown);
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
