package io.framequota.scheduler.controller.leadership;

import io.framequota.scheduler.controller.decide.LoopExecutor;
import io.framequota.scheduler.controller.decide.RecoveredState;
import io.framequota.scheduler.controller.decide.SchedulingCycle;
import io.framequota.scheduler.controller.observe.FactSource;
import io.framequota.scheduler.dispatch.DispatchCommand;
import io.framequota.scheduler.dispatch.ModelProfile;
import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.policy.InvalidPolicyException;
import io.framequota.scheduler.policy.Policies;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * All calls to the authority on behalf of the event loop, on a thread of its own, so that the event loop never waits for them:
 * requests leadership, reads the state again after a lost connection, ends failed jobs, publishes.
 */
public final class LeadershipLoop implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(LeadershipLoop.class);
    private static final long PERIOD_MILLIS = 250;
    private static final long RETRY_MILLIS = 100;
    private static final long REFUSED_MILLIS = 5_000;
    private static final long STANDBY_MILLIS = 100;
    private static final long SHORTEST_BACKOFF_MILLIS = 1_000;
    private static final long LONGEST_BACKOFF_MILLIS = 30_000;
    private static final int MOST_FAILURES = 1_000;

    private final StartupSettings settings;
    private final Consumer<String> actuator;
    private final Authority authority;
    private final FactSource facts;
    private final LeaderElector elector;
    private final LoopExecutor loop;
    private final SchedulingCycle cycle;
    private final Timer timer;
    private final Thread thread;
    /** Calls that end failed jobs. If the queue is full, a call is dropped: the dispatcher repeats its command. */
    private final BlockingQueue<Runnable> failures = new LinkedBlockingQueue<>(MOST_FAILURES);
    /** The call that publishes the latest decode order, null once it has succeeded. */
    private final AtomicReference<@Nullable Runnable> order = new AtomicReference<>();
    /** The call that stores the latest model profiles, null once it has succeeded. */
    private final AtomicReference<@Nullable Runnable> profiles = new AtomicReference<>();

    private volatile boolean closed;
    private volatile boolean positioned;
    private volatile boolean leading;
    private volatile boolean resynchronizes;
    private boolean first = true;
    private long lossesSeen;
    private long backoffMillis = SHORTEST_BACKOFF_MILLIS;

    /** Waits; tests replace it. */
    public interface Timer {
        void sleep(long millis) throws InterruptedException;

        /** The next task, null if none comes in time. */
        default @Nullable Runnable poll(BlockingQueue<Runnable> tasks, long millis) throws InterruptedException {
            return tasks.poll(millis, TimeUnit.MILLISECONDS);
        }
    }

    /** @param actuator is called with the stored actuator's name, empty for none, when a leadership starts */
    public LeadershipLoop(
            StartupSettings settings,
            Consumer<String> actuator,
            Authority authority,
            FactSource facts,
            LeaderElector elector,
            LoopExecutor loop,
            SchedulingCycle cycle,
            Timer timer) {
        this.settings = settings;
        this.actuator = actuator;
        this.authority = authority;
        this.facts = facts;
        this.elector = elector;
        this.loop = loop;
        this.cycle = cycle;
        this.timer = timer;
        this.thread = Thread.ofPlatform().name("authority").daemon().unstarted(this::run);
    }

    public void start() {
        elector.start(settings.scheduler());
        thread.start();
    }

    /** Whether another scheduler leads and this one would take over. */
    public boolean isStandby() {
        return positioned && elector.isStandby();
    }

    /** Ends a failed job, later. */
    public void failJob(long epoch, String job, String cause) {
        if (!failures.offer(() -> end(epoch, job, cause))) {
            LOG.warnf("too many jobs failed at once; job %s will be ended later", job);
        }
    }

    /** Stores the deaths that count against a chunk, later. */
    public void keepDeaths(long epoch, DispatchCommand.KeepDeaths kept) {
        if (!failures.offer(() -> store(epoch, kept))) {
            LOG.warnf("too many jobs failed at once; deaths of workers with job %s are not kept", kept.job());
        }
    }

    /** Stores the model profiles, later; replaces those that are not stored yet. */
    public void publishProfiles(long epoch, List<ModelProfile> latest) {
        profiles.set(() -> authority.storeProfiles(epoch, latest));
    }

    /** Publishes the decode order, later; replaces one that is not published yet. */
    public void publishDecodeOrder(long epoch, List<String> jobs) {
        order.set(() -> authority.decodeNext(epoch, jobs));
    }

    /** Reads the state of all jobs from the authority again, later. */
    public void resynchronize() {
        resynchronizes = true;
    }

    /**
     * The cycle stopped leading. If this scheduler is elected, another one does not respect the election, so this one backs off
     * before it requests leadership: two schedulers must not take it from each other in turns.
     */
    public void steppedDown(long epoch) {
        if (elector.mayLead()) {
            LOG.warnf("a newer leader than epoch %d exists; is another scheduler running?", epoch);
        }
        leading = false;
    }

    private void run() {
        try {
            while (!closed && !facts.isPositioned()) {
                timer.sleep(20);
            }
            positioned = true;
            while (!closed) {
                step();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One step: leads if this scheduler is elected, else waits. */
    void step() throws InterruptedException {
        if (elector.mayLead()) {
            leadStep(first);
            first = false;
        } else {
            giveUp();
            first = true;
            timer.sleep(STANDBY_MILLIS);
        }
    }

    private void giveUp() {
        if (leading) {
            LOG.info("no longer elected; stopping to lead");
            leading = false;
            loop.post(cycle::stepDown);
        }
        backoffMillis = SHORTEST_BACKOFF_MILLIS;
    }

    /** @param first since the election: leadership is requested at once, later only after a back-off */
    private void leadStep(boolean first) throws InterruptedException {
        try {
            if (!leading) {
                if (!first) {
                    timer.sleep(backoffMillis);
                    backoffMillis = Math.min(LONGEST_BACKOFF_MILLIS, backoffMillis * 2);
                }
                requestLeadership();
            } else if (authority.connectionLosses() != lossesSeen) {
                LOG.info("the connection to the authority was lost; reading the state of all jobs again");
                requestLeadership();
            } else if (resynchronizes) {
                resynchronizes = false;
                LOG.info("results that workers sent are not committed yet; reading the state of all jobs again");
                requestLeadership();
            }
            deliver(order);
            deliver(profiles);
            Runnable failure = timer.poll(failures, PERIOD_MILLIS);
            if (failure != null) {
                failure.run();
            }
        } catch (IllegalStateException e) {
            // The event loop was too busy to answer; the next step tries again.
            if (!closed) {
                LOG.warn(e.getMessage());
            }
        }
    }

    private void requestLeadership() throws InterruptedException {
        boolean answered = false;
        try {
            answered = requestUntilAnswered();
        } finally {
            if (!answered) {
                // Stop buffering facts for an answer that will not come.
                loop.post(cycle::notAnswered);
            }
        }
    }

    /** Requests leadership until there is an answer; false if this scheduler is no longer elected before. */
    private boolean requestUntilAnswered() throws InterruptedException {
        boolean logged = false;
        while (!closed && elector.mayLead()) {
            long losses = authority.connectionLosses();
            long epoch = loop.ask(cycle::asking);
            try {
                RecoveredState recovered = authority.lead(settings, epoch);
                ConfiguredPolicy policy = policyOf(recovered);
                lossesSeen = losses;
                leading = true;
                if (recovered.epoch() != epoch) {
                    RecoveredState.Selection selection = recovered.selection();
                    actuator.accept(selection == null ? "" : selection.actuator());
                }
                loop.post(() -> {
                    cycle.answered(recovered, policy);
                    // This answer serves requests that were made in the meantime, too.
                    resynchronizes = false;
                });
                LOG.infof(
                        "leading with epoch %d, policy %s, %d open jobs",
                        recovered.epoch(),
                        policy.name(),
                        recovered.jobs().size() + recovered.streams().size());
                return true;
            } catch (AuthorityException e) {
                if (!logged) {
                    LOG.infof("%s; requesting leadership until it answers", e.getMessage());
                    logged = true;
                }
                timer.sleep(e.refused() ? REFUSED_MILLIS : RETRY_MILLIS);
            }
        }
        return false;
    }

    private static ConfiguredPolicy policyOf(RecoveredState recovered) {
        RecoveredState.Selection selection = recovered.selection();
        if (selection != null && !selection.policy().isEmpty()) {
            try {
                return Policies.installed().chooseServing(selection.policy(), selection.parameters());
            } catch (InvalidPolicyException e) {
                LOG.warnf("the stored policy is not usable: %s; using %s", e.getMessage(), Policies.DEFAULT);
            }
        }
        return Policies.installed().choose(Policies.DEFAULT, Map.of());
    }

    /** Makes a pending call; if it fails and no newer one has come, it stays pending. */
    private static void deliver(AtomicReference<@Nullable Runnable> pending) {
        Runnable call = pending.getAndSet(null);
        if (call == null) {
            return;
        }
        try {
            call.run();
        } catch (AuthorityException e) {
            LOG.debugf("calling the authority again later: %s", e.getMessage());
            pending.compareAndSet(null, call);
        }
    }

    private void end(long epoch, String job, String cause) {
        try {
            if (!authority.failJob(epoch, job, cause)) {
                loop.post(cycle::stepDown);
            }
        } catch (AuthorityException e) {
            LOG.warnf("job %s was not ended: %s; the dispatcher will request it again", job, e.getMessage());
        }
    }

    private void store(long epoch, DispatchCommand.KeepDeaths kept) {
        try {
            authority.keepDeaths(epoch, kept);
        } catch (AuthorityException e) {
            LOG.warnf(
                    "job %s: a later leader will not know of the deaths of workers with chunk %d: %s",
                    kept.job(), kept.chunk(), e.getMessage());
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        elector.close();
    }
}
