package io.framequota.scheduler.controller;

import io.framequota.common.access.ControlToken;
import io.framequota.scheduler.controller.decide.CommandSender;
import io.framequota.scheduler.controller.decide.EventLoop;
import io.framequota.scheduler.controller.decide.LeadershipSession;
import io.framequota.scheduler.controller.decide.RecoveredState;
import io.framequota.scheduler.controller.decide.SchedulingCycle;
import io.framequota.scheduler.controller.enforce.Enforcer;
import io.framequota.scheduler.controller.enforce.LimitBackend;
import io.framequota.scheduler.controller.forecast.Forecaster;
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
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Wires the scheduler: facts to the cycle on the event loop, its commands to workers and authority, questions to both. */
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
    private final LeadershipLoop leader;
    private final SchedulerMetrics metrics;
    private final Enforcer enforcer;
    private final Forecaster forecaster;
    private final String controlToken;
    private final String configuredPolicy;
    private volatile boolean leads;
    private final String configuredActuator;
    /** The one that is wanted now. */
    private volatile Actuator actuator = Actuator.DISPATCH;

    private final double configuredBudget;

    @Inject
    Scheduler(
            Authority authority,
            CommandSender sender,
            FactSource facts,
            MeterRegistry registry,
            @All List<LimitBackend> homes,
            @All List<LeaderElector> candidacies,
            @ConfigProperty(name = "framequota.control-token") Optional<String> controlToken,
            @ConfigProperty(name = "framequota.budget") Optional<Double> budget,
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
        this.metrics = new SchedulerMetrics(registry);
        WorkerMetrics workers = new WorkerMetrics(registry);
        enforcer = new Enforcer(homes, this::observe, view -> workers.show(view.workers()), System::nanoTime);
        ForecastMetrics accuracy = new ForecastMetrics(registry);
        forecaster = new Forecaster(
                (epoch, all, first) -> {
                    accuracy.show(this.forecaster().record());
                    authority.keepForecasts(epoch, all, Set.copyOf(first));
                },
                System::nanoTime);
        configuredBudget = budget.orElse(DispatcherSettings.UNCAPPED);
        DispatcherSettings capped = DispatcherSettings.capped(configuredBudget);
        DispatcherSettings settings = modelWait.map(capped::modelMissingAfter).orElse(capped);
        cycle = new SchedulingCycle(settings, log, clock, new CycleEffects());
        loop = new EventLoop(
                TICK_MILLIS, () -> cycle.observe(new DispatchEvent.Tick()), this::afterBatch, System::nanoTime);
        leader = new LeadershipLoop(
                new StartupSettings(
                        name.orElse("scheduler-" + ProcessHandle.current().pid()),
                        // Who names no start says something new by naming something else.
                        start.orElse(configuredPolicy + "/" + actuator.orElse("")),
                        configuredPolicy,
                        actuator.orElse("")),
                this::follow,
                authority,
                facts,
                candidacies.stream()
                        .filter(LeaderElector::isConfigured)
                        .findFirst()
                        .orElse(LeaderElector.ALONE),
                loop,
                cycle,
                TimeUnit.MILLISECONDS::sleep);
        metrics.depth(loop::depth);
    }

    void start(@Observes StartupEvent event) {
        try {
            ControlToken.of(controlToken);
        } catch (IllegalArgumentException e) {
            LOG.error(e.getMessage());
            Quarkus.asyncExit(2);
            return;
        }
        if (!configuredPolicy.isEmpty()) {
            try {
                Policies.installed().chooseServing(configuredPolicy, Map.of());
            } catch (IllegalArgumentException e) {
                LOG.errorf("FRAMEQUOTA_POLICY: %s", e.getMessage());
                Quarkus.asyncExit(2);
                return;
            }
        }
        try {
            choose(configuredActuator());
        } catch (IllegalArgumentException e) {
            LOG.errorf("FRAMEQUOTA_ACTUATOR: %s", e.getMessage());
            Quarkus.asyncExit(2);
            return;
        }
        loop.start();
        enforcer.start();
        forecaster.start();
        leader.start();
    }

    void stop(@Observes ShutdownEvent event) {
        leader.close();
        enforcer.close();
        forecaster.close();
        loop.close();
    }

    /** Learns something. Waits while too much is waiting to be learnt. */
    public void observe(DispatchEvent event) {
        loop.post(() -> {
            metrics.count(event);
            learn(event);
        });
    }

    private void learn(DispatchEvent event) {
        cycle.observe(event);
        forecaster.changed(event instanceof DispatchEvent.JobFact
                && !(event instanceof DispatchEvent.ChunkReady || event instanceof DispatchEvent.ChunkCommitted));
    }

    /** Whether this scheduler leads, as of its last decision. */
    public boolean leads() {
        return leads;
    }

    /** Whether another scheduler leads and this one would take over from it. */
    public boolean standsBy() {
        return leader.standsBy();
    }

    /** What was decided and is known now, null while this scheduler does not lead. */
    public @Nullable DispatcherStatus status() {
        return whileLeading(leading -> leading.dispatcher().status());
    }

    /** The policy that decides, null while this scheduler does not lead. */
    public @Nullable ConfiguredPolicy policy() {
        return whileLeading(leading -> leading.dispatcher().policy());
    }

    /** The jobs of the last hours, to be replayed under other policies; null while this scheduler does not lead. */
    public @Nullable ShadowRecording recorded(double hours) {
        ConfiguredPolicy live = policy();
        if (live == null) {
            return null;
        }
        return whileLeading(leading -> history.last(hours, clock.getAsLong(), live)
                .with(leading.dispatcher().modelProfiles()));
    }

    /** Everything that was learnt and decided since this scheduler leads, to be replayed; null when it was not kept. */
    public DispatchRecorder.@Nullable Record recordedEvents() {
        return whileLeading(leading -> leading.events().record());
    }

    /** Forecasts of the open jobs, and how right earlier ones were. */
    public Forecaster forecaster() {
        return forecaster;
    }

    /** A copy of what is open now, null while this scheduler does not lead. */
    public @Nullable DispatcherSnapshot present() {
        return whileLeading(leading -> leading.dispatcher().snapshot(clock.getAsLong()));
    }

    /** The last decisions, oldest first, and how long first frames took. */
    public Decisions decisions() {
        return loop.ask(() -> new Decisions(log.decisions(), log.delays(false), log.delays(true)));
    }

    /**
     * Decisions and decision-to-first-frame.
     *
     * @param decisions oldest first
     * @param idle of grants to idle workers, from the decision
     * @param prefetched of grants that waited, from when their worker became free
     */
    public record Decisions(List<Decision> decisions, DecisionLog.Delays idle, DecisionLog.Delays prefetched) {}

    /**
     * Makes another policy decide from the next grant on, and keeps it for the next leader.
     *
     * @throws IllegalArgumentException when there is no such policy or parameter
     * @throws AuthorityException when it could not be kept; then nothing has changed
     */
    public ConfiguredPolicy choose(String policy, Map<String, String> parameters) {
        return choose(policy, parameters, actuator);
    }

    /** The same beside an actuator. */
    public ConfiguredPolicy choose(String policy, Map<String, String> parameters, Actuator wanted) {
        ConfiguredPolicy chosen = Policies.installed().chooseServing(policy, parameters);
        Long epoch = whileLeading(LeadershipSession::epoch);
        RecoveredState.Kept kept = new RecoveredState.Kept(chosen.name(), chosen.parameters(), wanted.label());
        if (epoch == null || !authority.keepPolicy(epoch, kept)) {
            throw new AuthorityException("this scheduler does not lead any more");
        }
        loop.ask(() -> {
            learn(new DispatchEvent.PolicyChanged(chosen));
            return chosen;
        });
        choose(wanted);
        return chosen;
    }

    /** By what means the allocation is true now, and what each worker has. */
    public Enforcer.View enforcement() {
        return enforcer.view();
    }

    /** Makes the allocation true by another actuator from now on, or says in {@link #enforcement} why it cannot be. */
    public void choose(Actuator wanted) {
        actuator = wanted;
        enforcer.choose(wanted);
    }

    /** The actuator that the authority kept, or the one of the settings. */
    private void follow(String kept) {
        try {
            choose(kept.isEmpty() ? configuredActuator() : Actuator.named(kept));
        } catch (IllegalArgumentException e) {
            LOG.warnf("the kept actuator cannot be used: %s", e.getMessage());
        }
    }

    /** The actuator that is wanted now. */
    public Actuator actuator() {
        return actuator;
    }

    /** Workers may use at most so many millicores together from now on; empty for what the settings say. */
    public void budget(OptionalDouble millicores) {
        observe(new DispatchEvent.BudgetChanged(millicores.orElse(configuredBudget)));
    }

    /** The actuator that the settings name. */
    public Actuator configuredActuator() {
        return Actuator.named(configuredActuator);
    }

    private void afterBatch() {
        cycle.run();
        int events = 0;
        if (cycle.role() instanceof LeadershipSession leading) {
            events = leading.events().size();
            metrics.backlog(leading.dispatcher()::backlogCoreSeconds);
        } else {
            metrics.backlog(() -> Double.NaN);
        }
        if (cycle.role() instanceof LeadershipSession now) {
            forecaster.look(now.epoch(), () -> now.dispatcher().snapshot(clock.getAsLong()));
        }
        leads = cycle.role() instanceof LeadershipSession;
        metrics.leads(leads);
        metrics.kept(log.size(), history.size(), events);
        metrics.delays(log);
    }

    /** An answer on the event loop, null while this scheduler does not lead. */
    private <T> @Nullable T whileLeading(Function<LeadershipSession, @Nullable T> question) {
        return loop.ask(() -> cycle.role() instanceof LeadershipSession leading ? question.apply(leading) : null);
    }

    private final class CycleEffects implements SchedulingCycle.Effects {
        @Override
        public void announce(long epoch) {
            sender.announce(epoch);
        }

        @Override
        public void command(long epoch, DispatchCommand command) {
            metrics.count(command);
            if (command instanceof DispatchCommand.FailJob fail) {
                leader.failJob(epoch, fail.job(), fail.cause());
            } else {
                sender.send(epoch, command);
            }
        }

        @Override
        public boolean enforces() {
            return enforcer.isActive();
        }

        @Override
        public void enforce(List<WorkerShare> shares, double budget, double cap) {
            enforcer.decided(shares, budget, cap);
        }

        @Override
        public void rest() {
            enforcer.rest();
        }

        @Override
        public void missesResults() {
            leader.missesResults();
        }

        @Override
        public void learnt(long epoch, List<ModelProfile> learnt) {
            leader.keep(epoch, learnt);
        }

        @Override
        public void decodeNext(long epoch, List<String> jobs) {
            leader.decodeNext(epoch, jobs);
        }

        @Override
        public void began(RecoveredState leadership) {
            forecaster.recall(
                    leadership.outcomes(),
                    leadership.jobs().stream().map(j -> j.spec().id()).toList());
        }

        @Override
        public void ended(EndedJob job) {
            history.add(job);
            forecaster.ended(job);
        }

        @Override
        public void superseded(long epoch) {
            leader.superseded(epoch);
        }
    }
}
