package io.framequota.e2e.simulation;

import static io.framequota.e2e.simulation.VirtualTime.MILLIS;
import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.inference.worker.GrantKey;
import io.framequota.inference.worker.WorkerInput;
import io.framequota.scheduler.controller.decide.LeadershipSession;
import io.framequota.scheduler.controller.decide.LoopExecutor;
import io.framequota.scheduler.controller.decide.RecoveredState;
import io.framequota.scheduler.controller.decide.SchedulingCycle;
import io.framequota.scheduler.controller.forecast.JobForecast;
import io.framequota.scheduler.controller.forecast.JobNote;
import io.framequota.scheduler.controller.leadership.Authority;
import io.framequota.scheduler.controller.leadership.AuthorityException;
import io.framequota.scheduler.controller.leadership.LeaderElector;
import io.framequota.scheduler.controller.leadership.LeadershipLoop;
import io.framequota.scheduler.controller.leadership.StartupSettings;
import io.framequota.scheduler.controller.proto.ProtoMapper;
import io.framequota.scheduler.dispatch.DecisionLog;
import io.framequota.scheduler.dispatch.DispatchCommand;
import io.framequota.scheduler.dispatch.DispatchEvent;
import io.framequota.scheduler.dispatch.DispatcherSettings;
import io.framequota.scheduler.dispatch.DispatcherStatus;
import io.framequota.scheduler.dispatch.EndedJob;
import io.framequota.scheduler.dispatch.GrantRef;
import io.framequota.scheduler.dispatch.ModelProfile;
import io.framequota.scheduler.dispatch.WorkerShare;
import io.framequota.scheduler.policy.ConfiguredPolicy;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A scheduler: the real scheduling cycle, dispatcher, policies and leadership loop. Checks after every event that no promise is
 * broken.
 */
final class SimulatedScheduler extends SimulatedProcess {
    private static final long TICK_US = 200 * MILLIS;

    private final ControlTopics topics;
    private final SimulatedAuthority authority;
    private final DispatcherSettings settings;
    /** Who began to lead in each epoch, over all schedulers. */
    private final Map<Long, String> leaders;
    /** Whether this one is elected. */
    boolean elected;
    /** Limits or weights are in force. */
    boolean enforces;
    /** How far this machine's clock is ahead. */
    private long aheadUs;

    /** One life of the process. */
    private @Nullable Life life;

    SimulatedScheduler(
            VirtualTime time,
            String name,
            ControlTopics topics,
            SimulatedAuthority authority,
            DispatcherSettings settings,
            Map<Long, String> leaders) {
        super(time, name);
        this.topics = topics;
        this.authority = authority;
        this.settings = settings;
        this.leaders = leaders;
    }

    @Override
    void started() {
        Life begun = new Life(instance());
        life = begun;
        begun.coroutine.begin(begun.leadership::start);
        in(TICK_US, this::tick);
    }

    @Override
    void killed() {
        if (life != null) {
            life.dead = true;
            life.leadership.close();
            life = null;
        }
    }

    private void tick() {
        observe(new DispatchEvent.Tick());
        in(TICK_US, this::tick);
    }

    /** The machine slept, or somebody set its clock. */
    void jump(long us) {
        time.tell(name + "'s clock jumps by " + us / 1e6 + " s");
        aheadUs += us;
    }

    boolean leads() {
        return life != null && life.cycle.session() != null;
    }

    @Nullable
    DispatcherStatus status() {
        LeadershipSession session = life == null ? null : life.cycle.session();
        return session == null ? null : session.dispatcher().status();
    }

    /** Another policy decides, by the leader's API. */
    void select(ConfiguredPolicy policy) {
        LeadershipSession session = life == null ? null : life.cycle.session();
        if (session != null
                && authority.alive()
                && authority.storeSelection(
                        session.epoch(), new RecoveredState.Selection(policy.name(), policy.parameters(), ""))) {
            observe(new DispatchEvent.PolicyChanged(policy));
        }
    }

    void observe(DispatchEvent event) {
        if (life != null) {
            life.observe(event);
        }
    }

    private final class Life
            implements LoopExecutor, LeaderElector, SchedulingCycle.Effects, Authority, LeadershipLoop.Timer {
        private final String instance;
        private final Coroutine coroutine = new Coroutine();
        private final SchedulingCycle cycle = new SchedulingCycle(
                settings, new DecisionLog(100), () -> Clocks.START_US + time.nowUs() + aheadUs, this);
        private final LeadershipLoop leadership;
        /** The highest attempt of each chunk that was granted in this leadership. */
        private final Map<String, Integer> attempts = new HashMap<>();

        /** In the reports of workers since this one began to lead. */
        private long newestEpochHeard;

        private volatile boolean dead;

        Life(String instance) {
            this.instance = instance;
            leadership = new LeadershipLoop(
                    new StartupSettings(instance, "start", "", ""),
                    kept -> {},
                    this,
                    () -> true,
                    this,
                    this,
                    cycle,
                    this);
        }

        void observe(DispatchEvent event) {
            if (event instanceof DispatchEvent.WorkerReport report) {
                newestEpochHeard = Math.max(newestEpochHeard, report.epoch());
            }
            cycle.observe(event);
            cycle.run();
            check();
        }

        private void check() {
            LeadershipSession session = cycle.session();
            if (session == null) {
                return;
            }
            assertThat(session.epoch())
                    .as("epoch of %s, which has heard of a newer leader", instance)
                    .isGreaterThanOrEqualTo(newestEpochHeard);
            DispatcherStatus status = session.dispatcher().status();
            Set<String> granted = new HashSet<>();
            for (DispatcherStatus.WorkerStatus worker : status.workers()) {
                once(granted, worker.running());
                once(granted, worker.waiting());
            }
            double shares = 0;
            for (DispatcherStatus.JobShare job : status.jobs()) {
                shares += job.millicores();
            }
            double held = 0;
            for (WorkerShare share : session.dispatcher().workerShares()) {
                held += share.millicores();
            }
            double budget = status.budget() * (1 + 1e-9);
            assertThat(shares).as("shares of all jobs").isLessThanOrEqualTo(budget);
            assertThat(held).as("millicores of all workers").isLessThanOrEqualTo(budget);
        }

        private void once(Set<String> granted, @Nullable GrantRef ref) {
            if (ref != null && !granted.add(ref.job() + "/" + ref.chunk())) {
                throw new AssertionError(instance + " has granted " + ref + " twice at once");
            }
        }

        // What the cycle has carried out.

        @Override
        public void announce(long epoch) {
            String before = leaders.put(epoch, instance);
            assertThat(before)
                    .as("leader of epoch %d beside %s", epoch, instance)
                    .isNull();
            attempts.clear();
            // An answer may be older than what was heard before it; the next report tells.
            newestEpochHeard = epoch;
            topics.command("", new WorkerInput.Led(epoch));
        }

        @Override
        public void command(long epoch, DispatchCommand command) {
            time.tell(instance + " in epoch " + epoch + ": " + command);
            switch (command) {
                case DispatchCommand.Grant grant -> {
                    String chunk = grant.chunk().job() + "/" + grant.chunk().index();
                    int highest = attempts.merge(chunk, grant.attempt(), Math::max);
                    assertThat(grant.attempt()).as("attempt of %s", chunk).isEqualTo(highest);
                    topics.command(grant.worker(), new WorkerInput.Granted(epoch, ProtoMapper.grant(grant)));
                }
                case DispatchCommand.Revoke revoke ->
                    topics.command(
                            revoke.worker(),
                            new WorkerInput.RevokeRequested(epoch, GrantKey.of(ProtoMapper.grant(revoke.grant()))));
                case DispatchCommand.DropJob drop ->
                    topics.command(drop.worker(), new WorkerInput.JobDropped(epoch, drop.job()));
                case DispatchCommand.FailJob fail -> leadership.failJob(epoch, fail.job(), fail.cause());
                case DispatchCommand.KeepDeaths kept -> leadership.keepDeaths(epoch, kept);
                default -> throw new AssertionError("there are no streams: " + command);
            }
        }

        @Override
        public void publishDecodeOrder(long epoch, List<String> jobs) {
            leadership.publishDecodeOrder(epoch, jobs);
        }

        @Override
        public void publishProfiles(long epoch, List<ModelProfile> profiles) {
            leadership.publishProfiles(epoch, profiles);
        }

        @Override
        public void resynchronize() {
            leadership.resynchronize();
        }

        @Override
        public boolean enforcesShares() {
            return enforces;
        }

        @Override
        public void enforce(List<WorkerShare> shares, double budget, double cap) {
            double sum = shares.stream().mapToDouble(WorkerShare::millicores).sum();
            assertThat(sum).as("millicores enforced").isLessThanOrEqualTo(budget * (1 + 1e-9));
        }

        @Override
        public void stopEnforcing() {}

        @Override
        public void ended(EndedJob job) {}

        @Override
        public void steppedDown(long epoch) {
            time.tell(instance + " steps down from epoch " + epoch);
            leadership.steppedDown(epoch);
        }

        // What the leadership loop's thread calls. The simulation waits meanwhile.

        @Override
        public void post(Runnable task) {
            if (!dead) {
                in(0, () -> {
                    task.run();
                    cycle.run();
                    check();
                });
            }
        }

        @Override
        public <T extends @Nullable Object> T ask(Supplier<T> query) {
            return query.get();
        }

        @Override
        public void sleep(long millis) throws InterruptedException {
            if (dead) {
                // The simulation goes on without this thread.
                throw new InterruptedException();
            }
            in(millis * MILLIS, coroutine::resume);
            coroutine.park();
        }

        @Override
        public @Nullable Runnable poll(BlockingQueue<Runnable> tasks, long millis) throws InterruptedException {
            if (tasks.isEmpty()) {
                sleep(millis);
            }
            return tasks.poll();
        }

        @Override
        public boolean isConfigured() {
            return true;
        }

        @Override
        public void start(String scheduler) {}

        @Override
        public boolean mayLead() {
            return elected;
        }

        @Override
        public boolean isStandby() {
            return !elected;
        }

        @Override
        public void close() {}

        /** A call whose request or answer may get lost, and which takes time. */
        private <T> T call(Supplier<T> request) {
            if (dead) {
                throw new AuthorityException("this process is dead");
            }
            Object[] answer = new Object[1];
            boolean arrives = !topics.loses();
            boolean returns = !topics.loses();
            time.in(topics.latency(), () -> {
                if (arrives && authority.alive() && !authority.stopped()) {
                    answer[0] = request.get();
                }
                long answered = returns ? topics.latency() : 5_000 * MILLIS;
                if (!dead) {
                    in(answered, coroutine::resume);
                }
            });
            try {
                coroutine.park();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (answer[0] == null || !returns) {
                throw new AuthorityException("it does not answer");
            }
            @SuppressWarnings("unchecked")
            T result = (T) answer[0];
            return result;
        }

        @Override
        public RecoveredState lead(StartupSettings configured, long epoch) {
            return call(() -> authority.lead(configured.scheduler(), epoch));
        }

        @Override
        public boolean storeSelection(long epoch, RecoveredState.Selection selection) {
            return call(() -> authority.storeSelection(epoch, selection));
        }

        @Override
        public void storeProfiles(long epoch, List<ModelProfile> profiles) {
            call(() -> {
                authority.storeProfiles(epoch, profiles);
                return true;
            });
        }

        @Override
        public void decodeNext(long epoch, List<String> jobs) {
            call(() -> true);
        }

        @Override
        public void storeForecasts(long epoch, List<JobForecast> all, Set<String> first, List<JobNote> notes) {}

        @Override
        public boolean failJob(long epoch, String job, String cause) {
            return call(() -> authority.failJob(epoch, job, cause));
        }

        /** Lost: a later leader counts deaths from zero, which costs some more of them. */
        @Override
        public void keepDeaths(long epoch, DispatchCommand.KeepDeaths deaths) {}

        @Override
        public long connectionLosses() {
            return authority.losses();
        }
    }
}
