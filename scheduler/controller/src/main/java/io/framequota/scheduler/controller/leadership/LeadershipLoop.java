package io.framequota.scheduler.controller.leadership;

import io.framequota.scheduler.controller.decide.LoopExecutor;
import io.framequota.scheduler.controller.decide.RecoveredState;
import io.framequota.scheduler.controller.decide.SchedulingCycle;
import io.framequota.scheduler.controller.observe.FactSource;
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
 * Talks to the authority, on a thread of its own: obtains leadership, asks again what was missed when the connection was
 * lost, and has jobs ended. The event loop never waits for it.
 */
public final class LeadershipLoop implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(LeadershipLoop.class);
    private static final long PERIOD_MILLIS = 250;
    private static final long RETRY_MILLIS = 100;
    private static final long REFUSED_MILLIS = 5_000;
    private static final long CANDIDATE_MILLIS = 100;
    private static final long SHORTEST_REST_MILLIS = 1_000;
    private static final long LONGEST_REST_MILLIS = 30_000;
    private static final int PENDING = 1_000;

    private final StartupSettings configured;
    private final Consumer<String> actuator;
    private final Authority authority;
    private final FactSource facts;
    private final LeaderElector candidacy;
    private final LoopExecutor loop;
    private final SchedulingCycle cycle;
    private final Pauses pauses;
    /** Jobs to end. A full queue drops: the dispatcher asks again until the job has ended. */
    private final LinkedBlockingQueue<Runnable> pending = new LinkedBlockingQueue<>(PENDING);

    /** The latest lessons to keep, null when they are kept. */
    private final AtomicReference<@Nullable Lessons> lessons = new AtomicReference<>();

    /** The latest order of decoding to tell, null when it is told. */
    private final AtomicReference<@Nullable DecodeOrder> order = new AtomicReference<>();

    private record DecodeOrder(long epoch, List<String> jobs) {}

    /** Time that passes. */
    public interface Pauses {
        void rest(long millis) throws InterruptedException;

        /** Something to do, waited for so long; null when nothing came. */
        default @Nullable Runnable next(BlockingQueue<Runnable> tasks, long millis) throws InterruptedException {
            return tasks.poll(millis, TimeUnit.MILLISECONDS);
        }
    }

    private record Lessons(long epoch, List<ModelProfile> learnt) {}

    private final Thread thread;
    private volatile boolean closed;
    private volatile boolean positioned;
    private volatile boolean leading;
    private volatile boolean asksAgain;
    private boolean first = true;
    private long lossesSeen;
    private long restMillis = SHORTEST_REST_MILLIS;

    /**
     * @param configured what the settings say
     * @param pauses how it waits
     * @param actuator hears what actuator the authority kept, at the begin of each leadership
     */
    public LeadershipLoop(
            StartupSettings configured,
            Consumer<String> actuator,
            Authority authority,
            FactSource facts,
            LeaderElector candidacy,
            LoopExecutor loop,
            SchedulingCycle cycle,
            Pauses pauses) {
        this.configured = configured;
        this.actuator = actuator;
        this.authority = authority;
        this.facts = facts;
        this.candidacy = candidacy;
        this.loop = loop;
        this.cycle = cycle;
        this.pauses = pauses;
        this.thread = Thread.ofPlatform().name("authority").daemon().unstarted(this::run);
    }

    public void start() {
        candidacy.start(configured.scheduler());
        thread.start();
    }

    /** Whether another scheduler leads and this one would take over. */
    public boolean standsBy() {
        return positioned && candidacy.follows();
    }

    /** Ends a job at the authority, soon. */
    public void failJob(long epoch, String job, String cause) {
        if (!pending.offer(() -> end(epoch, job, cause))) {
            LOG.warnf("too many jobs to end at once; job %s is asked for again later", job);
        }
    }

    /** Keeps what was measured at the authority, soon. */
    public void keep(long epoch, List<ModelProfile> learnt) {
        lessons.set(new Lessons(epoch, learnt));
    }

    /** Tells the authority, soon, what is to be decoded next. */
    public void decodeNext(long epoch, List<String> jobs) {
        order.set(new DecodeOrder(epoch, jobs));
    }

    /** Results that were sent long ago are not committed: asks the authority, soon, what it has. */
    public void missesResults() {
        asksAgain = true;
    }

    /** A newer leader exists. Rests before it asks for leadership: two schedulers must not chase each other. */
    public void superseded(long epoch) {
        if (candidacy.holds()) {
            LOG.warnf("a newer leader than epoch %d exists; is another scheduler running?", epoch);
        }
        leading = false;
    }

    private void run() {
        try {
            while (!closed && !facts.positioned()) {
                pauses.rest(20);
            }
            positioned = true;
            while (!closed) {
                turn();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One look at whether this scheduler may lead, and at what there is to do then. */
    public void turn() throws InterruptedException {
        if (candidacy.holds()) {
            round(first);
            first = false;
        } else {
            giveWay();
            first = true;
            pauses.rest(CANDIDATE_MILLIS);
        }
    }

    /** Another scheduler may lead, so this one must not. */
    private void giveWay() {
        if (leading) {
            LOG.info("may not lead any more");
            leading = false;
            loop.post(cycle::stepDown);
        }
        restMillis = SHORTEST_REST_MILLIS;
    }

    /** One look at what there is to do. Leadership is asked for at once the first time, after a rest later. */
    private void round(boolean first) throws InterruptedException {
        try {
            if (!leading) {
                if (!first) {
                    pauses.rest(restMillis);
                    restMillis = Math.min(LONGEST_REST_MILLIS, restMillis * 2);
                }
                ask();
            } else if (authority.connectionLosses() != lossesSeen) {
                LOG.info("the connection to the authority was lost; asking what was missed");
                ask();
            } else if (asksAgain) {
                asksAgain = false;
                LOG.info("results that workers sent are not committed yet; asking what is missing");
                ask();
            }
            tellOrder();
            keepLessons();
            Runnable task = pauses.next(pending, PERIOD_MILLIS);
            if (task != null) {
                task.run();
            }
        } catch (IllegalStateException e) {
            // A loop that is too busy to answer; there is another round.
            if (!closed) {
                LOG.warn(e.getMessage());
            }
        }
    }

    private void ask() throws InterruptedException {
        boolean answered = false;
        try {
            answered = asked();
        } finally {
            if (!answered) {
                // Nobody will apply what was heard meanwhile.
                loop.post(cycle::notAnswered);
            }
        }
    }

    /** Asks until there is an answer; whether there was one before this scheduler may not lead any more. */
    private boolean asked() throws InterruptedException {
        boolean told = false;
        while (!closed && candidacy.holds()) {
            long losses = authority.connectionLosses();
            long epoch = loop.ask(cycle::asking);
            try {
                RecoveredState answer = authority.lead(configured, epoch);
                ConfiguredPolicy policy = policyFor(answer);
                lossesSeen = losses;
                leading = true;
                if (answer.epoch() != epoch) {
                    RecoveredState.Kept kept = answer.kept();
                    actuator.accept(kept == null ? "" : kept.actuator());
                }
                loop.post(() -> {
                    cycle.answered(answer, policy);
                    // Whoever asked for this answer meanwhile has it now.
                    asksAgain = false;
                });
                LOG.infof(
                        "leads with epoch %d, policy %s, %d open jobs",
                        answer.epoch(), policy.name(), answer.jobs().size());
                return true;
            } catch (AuthorityException e) {
                if (!told) {
                    LOG.infof("%s; asking until it answers", e.getMessage());
                    told = true;
                }
                pauses.rest(e.refused() ? REFUSED_MILLIS : RETRY_MILLIS);
            }
        }
        return false;
    }

    private static ConfiguredPolicy policyFor(RecoveredState answer) {
        RecoveredState.Kept kept = answer.kept();
        if (kept != null && !kept.policy().isEmpty()) {
            try {
                return Policies.installed().chooseServing(kept.policy(), kept.parameters());
            } catch (InvalidPolicyException e) {
                LOG.warnf("the kept policy cannot be used: %s; using %s", e.getMessage(), Policies.DEFAULT);
            }
        }
        return Policies.installed().choose(Policies.DEFAULT, Map.of());
    }

    private void tellOrder() {
        DecodeOrder latest = order.getAndSet(null);
        if (latest == null) {
            return;
        }
        try {
            authority.decodeNext(latest.epoch(), latest.jobs());
        } catch (AuthorityException e) {
            LOG.debugf("what is to be decoded next is told later: %s", e.getMessage());
            order.compareAndSet(null, latest);
        }
    }

    private void keepLessons() {
        Lessons latest = lessons.getAndSet(null);
        if (latest == null) {
            return;
        }
        try {
            authority.keepLearnt(latest.epoch(), latest.learnt());
        } catch (AuthorityException e) {
            LOG.debugf("what was measured is kept later: %s", e.getMessage());
            lessons.compareAndSet(null, latest);
        }
    }

    private void end(long epoch, String job, String cause) {
        try {
            if (!authority.failJob(epoch, job, cause)) {
                loop.post(cycle::stepDown);
            }
        } catch (AuthorityException e) {
            LOG.warnf("job %s could not be ended: %s", job, e.getMessage());
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        candidacy.close();
    }
}
