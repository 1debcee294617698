package io.framequota.scheduler.controller;

import io.framequota.common.access.ControlToken;
import io.framequota.scheduler.controller.decide.CommandSender;
import io.framequota.scheduler.controller.decide.ComputeTimeDivision;
import io.framequota.scheduler.controller.decide.EventLoop;
import io.framequota.scheduler.controller.decide.LeadershipSession;
import io.framequota.scheduler.controller.decide.RecoveredState;
import io.framequota.scheduler.controller.decide.SchedulingCycle;
import io.framequota.scheduler.controller.enforce.Enforcer;
import io.framequota.scheduler.controller.enforce.LimitBackend;
import io.framequota.scheduler.controller.forecast.Forecaster;
import io.framequota.scheduler.controller.forecast.JobNote;
import io.framequota.scheduler.controller.leadership.Authority;
import io.framequota.scheduler.controller.leadership.AuthorityException;
import io.framequota.scheduler.controller.leadership.LeaderElector;
import io.framequota.scheduler.controller.leadership.LeadershipLoop;
import io.framequota.scheduler.controller.leadership.StartupSettings;
import io.framequota.scheduler.controller.observe.FactSource;
import io.framequota.scheduler.controller.shadow.EndedJobHistory;
import io.framequota.scheduler.controller.shadow.ShadowRecording;
import io.framequota.scheduler.dispatch.Decision;
import io.framequota.scheduler.dispatch.DecisionLog;
import io.framequota.scheduler.dispatch.DispatchCommand;
import io.framequota.scheduler.dispatch.DispatchEvent;
import io.framequota.scheduler.dispatch.DispatchRecorder;
import io.framequota.scheduler.dispatch.DispatcherSettings;
import io.framequota.scheduler.dispatch.DispatcherSnapshot;
import io.framequota.scheduler.dispatch.DispatcherStatus;
import io.framequota.scheduler.dispatch.EndedJob;
import io.framequota.scheduler.dispatch.ModelProfile;
import io.framequota.scheduler.dispatch.WorkerShare;
import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.policy.Policies;
import io.framequota.scheduler.quota.Actuator;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.arc.All;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Wires the scheduler: events go to the scheduling cycle on the event loop, its commands to workers and authority. Answers the
 * questions of the API and of the Kubernetes adapters. Thread-safe.
 */
@ApplicationScoped
public class Scheduler {
    private static final Logger LOG = Logger.getLogger(Scheduler.class);
    private static final int DECISIONS = 10_000;
    private static final long TICK_MILLIS = 200;

    private final Authority authority;
    private final CommandSender sender;
    private final DecisionLog log = new DecisionLog(DECISIONS);
    private final EndedJobHistory history = new EndedJobHistory();
    private final MonotonicClock clock = new MonotonicClock(System.currentTimeMillis());
    private final EventLoop loop;
    private final SchedulingCycle cycle;
    private final LeadershipLoop leadership;
    private final SchedulerMetrics metrics;
    private final Enforcer enforcer;
    private final Forecaster forecaster;
    private final String controlToken;
    private final String configuredPolicy;
    private final String configuredActuator;
    private final double configuredBudget;
    private final double configuredGpuBudget;
    private volatile boolean leads;
    /** Millicores of CPU that all workers may use together: the settings' or a QuotaPolicy's. */
    private volatile double cpuBudget;
    /** Whether shares are of compute time at present. */
    private volatile boolean dividesComputeTime;

    private volatile Actuator selectedActuator = Actuator.DISPATCH;

    @Inject
    public Scheduler(
            Authority authority,
            CommandSender sender,
            FactSource facts,
            MeterRegistry registry,
            @All List<LimitBackend> backends,
            @All List<LeaderElector> electors,
            @ConfigProperty(name = "framequota.control-token") Optional<String> controlToken,
            @ConfigProperty(name = "framequota.budget") Optional<Double> budget,
            @ConfigProperty(name = "framequota.gpu.budget") Optional<Double> gpuBudget,
            @ConfigProperty(name = "framequota.policy") Optional<String> policy,
            @ConfigProperty(name = "framequota.actuator") Optional<String> actuator,
            @ConfigProperty(name = "framequota.start") Optional<String> start,
            @ConfigProperty(name = "framequota.model.wait") Optional<Duration> modelWait,
            @ConfigProperty(name = "framequota.scheduler.name") Optional<String> name) {
        this.authority = authority;
        this.sender = sender;
        this.controlToken = controlToken.orElse("");
        this.configuredPolicy = policy.orElse("");
        this.configuredActuator = actuator.orElse(Actuator.DISPATCH.label());
        this.configuredBudget = budget.orElse(DispatcherSettings.UNCAPPED);
        this.configuredGpuBudget = gpuBudget.orElse(DispatcherSettings.UNCAPPED);
        this.cpuBudget = configuredBudget;
        metrics = new SchedulerMetrics(registry);
        WorkerMetrics workers = new WorkerMetrics(registry);
        enforcer = new Enforcer(backends, this::enforced, view -> workers.show(view.workers()), System::nanoTime);
        ForecastMetrics accuracy = new ForecastMetrics(registry);
        forecaster = new Forecaster(
                (epoch, all, first) -> {
                    accuracy.show(this.forecaster().history());
                    DispatcherStatus status = this.status();
                    authority.storeForecasts(
                            epoch, all, Set.copyOf(first), status == null ? List.of() : JobNote.of(status));
                },
                System::nanoTime);
        DispatcherSettings capped = DispatcherSettings.capped(configuredBudget);
        DispatcherSettings settings = modelWait.map(capped::modelMissingAfter).orElse(capped);
        cycle = new SchedulingCycle(settings, log, clock, new CycleEffects());
        loop = new EventLoop(
                TICK_MILLIS, () -> cycle.observe(new DispatchEvent.Tick()), this::afterBatch, System::nanoTime);
        leadership = new LeadershipLoop(
                new StartupSettings(
                        name.orElse("scheduler-" + ProcessHandle.current().pid()),
                        // Without a named start, other settings are another start.
                        start.orElse(configuredPolicy + "/" + actuator.orElse("")),
                        configuredPolicy,
                        actuator.orElse("")),
                this::applyStoredActuator,
                authority,
                facts,
                electors.stream()
                        .filter(LeaderElector::isConfigured)
                        .findFirst()
                        .orElse(LeaderElector.SINGLE),
                loop,
                cycle,
                TimeUnit.MILLISECONDS::sleep);
        metrics.depth(loop::depth);
    }

    /** Checks the settings and starts all threads; with wrong settings the process ends with exit code 2. */
    public void start(@Observes StartupEvent event) {
        Policies.installed().problems().forEach(LOG::warn);
        try {
            ControlToken.of(controlToken);
            if (!configuredPolicy.isEmpty()) {
                valid("FRAMEQUOTA_POLICY", () -> Policies.installed().chooseServing(configuredPolicy, Map.of()));
            }
            selectActuator(valid("FRAMEQUOTA_ACTUATOR", this::configuredActuator));
        } catch (IllegalArgumentException e) {
            LOG.error(e.getMessage());
            Quarkus.asyncExit(2);
            return;
        }
        loop.start();
        enforcer.start();
        forecaster.start();
        leadership.start();
    }

    private static <T> T valid(String variable, Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(variable + ": " + e.getMessage(), e);
        }
    }

    public void stop(@Observes ShutdownEvent event) {
        leadership.close();
        enforcer.close();
        forecaster.close();
        loop.close();
    }

    /** Applies an event, later. Blocks while too many events wait. */
    public void observe(DispatchEvent event) {
        loop.post(() -> {
            metrics.count(event);
            apply(event);
        });
    }

    private void apply(DispatchEvent event) {
        cycle.observe(event);
        forecaster.changed(event instanceof DispatchEvent.JobEvent
                && !(event instanceof DispatchEvent.ChunkReady || event instanceof DispatchEvent.ChunkCommitted));
    }

    /** Whether this scheduler led at its last decision. */
    public boolean leads() {
        return leads;
    }

    /** Whether another scheduler leads and this one would take over. */
    public boolean isStandby() {
        return leadership.isStandby();
    }

    /** Jobs, workers and shares at present, null while this scheduler does not lead. */
    public @Nullable DispatcherStatus status() {
        return whileLeading(session -> session.dispatcher().status());
    }

    /** The policy in force, null while this scheduler does not lead. */
    public @Nullable ConfiguredPolicy policy() {
        return whileLeading(session -> session.dispatcher().policy());
    }

    /** The jobs of the last hours for a replay under other policies, null while this scheduler does not lead. */
    public @Nullable ShadowRecording recordedJobs(double hours) {
        return whileLeading(session -> history.last(
                        hours, clock.getAsLong(), session.dispatcher().policy())
                .with(session.dispatcher().modelProfiles()));
    }

    /** All events and decisions of this leadership for a replay; null if there were too many to keep, or without leadership. */
    public DispatchRecorder.@Nullable Record recordedEvents() {
        return whileLeading(session -> session.events().record());
    }

    /** Forecasts of the open jobs, and the accuracy of earlier ones. */
    public Forecaster forecaster() {
        return forecaster;
    }

    /** A copy of the dispatcher's state, null while this scheduler does not lead. */
    public @Nullable DispatcherSnapshot snapshot() {
        return whileLeading(session -> session.dispatcher().snapshot(clock.getAsLong()));
    }

    /** The last decisions and their delays. */
    public Decisions decisions() {
        return loop.ask(() -> new Decisions(log.decisions(), log.delays(false), log.delays(true)));
    }

    /**
     * Decisions and the time from each to its first frame.
     *
     * @param decisions oldest first
     * @param idle delays of grants to idle workers, from the decision
     * @param prefetched delays of grants that waited for their worker, from when it became free
     */
    public record Decisions(List<Decision> decisions, DecisionLog.Delays idle, DecisionLog.Delays prefetched) {}

    /**
     * Makes a policy decide from the next grant on, and stores it for later leaders. The actuator stays.
     *
     * @throws IllegalArgumentException if there is no such policy or parameter
     * @throws AuthorityException if it could not be stored; then nothing has changed
     */
    public ConfiguredPolicy selectPolicy(String policy, Map<String, String> parameters) {
        return selectPolicy(policy, parameters, selectedActuator);
    }

    /** Selects a policy and an actuator. */
    public ConfiguredPolicy selectPolicy(String policy, Map<String, String> parameters, Actuator actuator) {
        ConfiguredPolicy chosen = Policies.installed().chooseServing(policy, parameters);
        Long epoch = whileLeading(LeadershipSession::epoch);
        RecoveredState.Selection selection =
                new RecoveredState.Selection(chosen.name(), chosen.parameters(), actuator.label());
        if (epoch == null || !authority.storeSelection(epoch, selection)) {
            throw new AuthorityException("this scheduler does not lead any more");
        }
        loop.ask(() -> {
            apply(new DispatchEvent.PolicyChanged(chosen));
            return chosen;
        });
        selectActuator(actuator);
        return chosen;
    }

    /** The actuator in force, and the limits of each worker. */
    public Enforcer.View enforcement() {
        return enforcer.view();
    }

    /** Enforces shares by another actuator from now on; {@link #enforcement} tells if that is not possible. */
    public void selectActuator(Actuator actuator) {
        selectedActuator = actuator;
        enforcer.select(actuator);
    }

    private void applyStoredActuator(String stored) {
        try {
            selectActuator(stored.isEmpty() ? configuredActuator() : Actuator.named(stored));
        } catch (IllegalArgumentException e) {
            LOG.warnf("the stored actuator is not usable: %s", e.getMessage());
        }
    }

    /** The selected actuator, which need not be the one in force. */
    public Actuator selectedActuator() {
        return selectedActuator;
    }

    /** The actuator in the settings. */
    public Actuator configuredActuator() {
        return Actuator.named(configuredActuator);
    }

    /** The limit of millicores in the settings, infinite without one. */
    public double configuredBudget() {
        return configuredBudget;
    }

    /** Limits the millicores that all workers may use together; empty for the limit in the settings. */
    public void limitBudget(OptionalDouble millicores) {
        cpuBudget = millicores.orElse(configuredBudget);
        if (!dividesComputeTime) {
            observe(new DispatchEvent.BudgetChanged(cpuBudget));
        }
    }

    /** Shares are enforced otherwise from now on. The policy divides the budget of the resource that is enforced. */
    private void enforced(DispatchEvent.SharesEnforced how) {
        if (how.computeTime() != dividesComputeTime) {
            dividesComputeTime = how.computeTime();
            observe(new DispatchEvent.BudgetChanged(dividesComputeTime ? configuredGpuBudget : cpuBudget));
        }
        observe(how);
    }

    private void afterBatch() {
        metrics.decision(cycle::run);
        LeadershipSession session = cycle.session();
        leads = session != null;
        metrics.leads(leads);
        metrics.kept(
                log.size(),
                history.size(),
                session == null ? 0 : session.events().size());
        metrics.backlog(session == null ? () -> Double.NaN : session.dispatcher()::backlogCoreSeconds);
        metrics.delays(log);
        if (session == null) {
            metrics.streams(0, 0);
        } else {
            metrics.streams(
                    session.dispatcher().reservedStreams(), session.dispatcher().reserved());
        }
        if (session != null) {
            forecaster.offer(session.epoch(), () -> session.dispatcher().snapshot(clock.getAsLong()));
        }
    }

    /** The answer to a question on the event loop, null while this scheduler does not lead. */
    private <T> @Nullable T whileLeading(Function<LeadershipSession, @Nullable T> question) {
        return loop.ask(() -> {
            LeadershipSession session = cycle.session();
            return session == null ? null : question.apply(session);
        });
    }

    private final class CycleEffects implements SchedulingCycle.Effects {
        @Override
        public void began(RecoveredState recovered) {
            forecaster.reset(
                    recovered.outcomes(),
                    recovered.jobs().stream().map(j -> j.descriptor().id()).toList());
        }

        @Override
        public void announce(long epoch) {
            sender.announce(epoch);
        }

        @Override
        public void command(long epoch, DispatchCommand command) {
            metrics.count(command);
            switch (command) {
                case DispatchCommand.FailJob fail -> leadership.failJob(epoch, fail.job(), fail.cause());
                case DispatchCommand.KeepDeaths kept -> {
                    LOG.warnf(
                            "job %s: deaths of workers that count against chunk %d: %d%s",
                            kept.job(),
                            kept.chunk(),
                            kept.deaths(),
                            kept.deaths() >= DispatcherSettings.DEATHS
                                    ? "; its frames are not inferred any more"
                                    : "; it runs alone in a process until it has a result");
                    leadership.keepDeaths(epoch, kept);
                }
                default -> sender.send(epoch, command);
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
            return enforcer.isActive();
        }

        @Override
        public void enforce(List<WorkerShare> shares, double budget, double cap) {
            enforcer.enforce(shares, budget, cap);
        }

        @Override
        public void divide(long epoch, ComputeTimeDivision division) {
            sender.divide(epoch, division);
        }

        @Override
        public void stopEnforcing() {
            enforcer.stopEnforcing();
        }

        @Override
        public void ended(EndedJob job) {
            history.add(job);
            forecaster.ended(job);
        }

        @Override
        public void steppedDown(long epoch) {
            leadership.steppedDown(epoch);
        }
    }
}
