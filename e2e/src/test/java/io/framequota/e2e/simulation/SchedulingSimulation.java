package io.framequota.e2e.simulation;

import static io.framequota.e2e.simulation.VirtualTime.MILLIS;
import static io.framequota.e2e.simulation.VirtualTime.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.scheduler.dispatch.DispatchEvent;
import io.framequota.scheduler.dispatch.DispatcherSettings;
import io.framequota.scheduler.policy.Policies;
import io.framequota.scheduler.policy.PolicyDefinition;
import io.framequota.scheduler.policy.SchedulingLabels;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * One run of the control plane under random faults, in virtual time: two schedulers with the real leadership loop, cycle, dispatcher and
 * policies, workers with their real state machine, and an authority. Messages are lost, delayed, repeated and reordered; processes are killed,
 * stopped and continued; clocks jump; both schedulers are elected at once. When the faults cease, every job must end.
 */
final class SchedulingSimulation implements AutoCloseable {
    private static final long FAULTS_US = 40 * SECONDS;
    private static final long LIMIT_US = 1_800 * SECONDS;
    private static final String TIGHT = "3";
    private static final List<String> POLICIES = Policies.installed().serving().stream()
            .map(PolicyDefinition::name)
            .sorted()
            .toList();

    private final VirtualTime time;
    private final Random random;
    private final ControlTopics topics;
    private final SimulatedAuthority authority;
    private final List<SimulatedScheduler> schedulers = new ArrayList<>();
    private final List<SimulatedWorker> workers = new ArrayList<>();
    private final double cap;
    private boolean calm;

    SchedulingSimulation(long seed) {
        time = new VirtualTime(seed);
        random = time.random;
        topics = new ControlTopics(time);
        authority = new SimulatedAuthority(time, topics);
        int count = 1 + random.nextInt(4);
        cap = random.nextBoolean() ? DispatcherSettings.UNCAPPED : 1000.0 * (1 + random.nextInt(count));
        Map<Long, String> leaders = new HashMap<>();
        for (int i = 0; i < 2; i++) {
            schedulers.add(new SimulatedScheduler(
                    time, "scheduler-" + i, topics, authority, DispatcherSettings.capped(cap), leaders));
        }
        Map<String, Integer> troubles = new HashMap<>();
        for (int i = 0; i < count; i++) {
            workers.add(new SimulatedWorker(time, "worker-" + i, topics, authority, troubles));
            workers.getLast().failurePercent = random.nextInt(8);
        }
        schedulers.forEach(topics::add);
        workers.forEach(topics::add);
    }

    long events() {
        return time.events();
    }

    long fingerprint() {
        return time.fingerprint();
    }

    /** What happened last, for the report of a failure. */
    String story() {
        return time.story();
    }

    /** Runs faults, then calm until every job has ended. */
    void run() {
        authority.start();
        schedulers.getFirst().elected = true;
        schedulers.forEach(SimulatedProcess::start);
        workers.forEach(SimulatedProcess::start);
        time.in(SECONDS, this::elect);
        int jobs = 2 + random.nextInt(8);
        for (int i = 0; i < jobs; i++) {
            String id = "job-" + i;
            time.in(time.upTo(FAULTS_US / 2), () -> submit(id));
        }
        int faults = 10 + random.nextInt(40);
        for (int i = 0; i < faults; i++) {
            time.in(time.upTo(FAULTS_US), this::fault);
        }
        time.runFor(FAULTS_US);
        endFaults();
        boolean ended = time.runUntil(() -> authority.jobs.size() == jobs && authority.allEnded(), LIMIT_US);
        assertThat(ended)
                .as(
                        "every job ends within %d s of calm: %s",
                        LIMIT_US / SECONDS, schedulers.getFirst().status())
                .isTrue();
        authority.jobs.values().forEach(SchedulingSimulation::endedWell);
    }

    private static void endedWell(SimulatedAuthority.Job job) {
        if (job.failure.isEmpty()) {
            assertThat(job.committed).as("committed chunks of " + job.id()).hasSize(job.chunks);
        } else if (!job.failure.equals("cancelled")) {
            assertThat(job.descriptor.labels()).as(job.failure).containsEntry(SchedulingLabels.DEADLINE, TIGHT);
            assertThat(job.failure).startsWith("refused by the policy edf: ");
        }
    }

    private void submit(String id) {
        if (!authority.alive() || authority.stopped()) {
            // The client tries again.
            time.in(SECONDS, () -> submit(id));
            return;
        }
        authority.submit(id, 1 + random.nextInt(12), 1 + random.nextInt(200), labels());
    }

    private Map<String, String> labels() {
        return switch (random.nextInt(5)) {
            case 0 -> Map.of(SchedulingLabels.DEADLINE, TIGHT, SchedulingLabels.WEIGHT, "2");
            case 1 -> Map.of(SchedulingLabels.DEADLINE, "100000", "tenant", "t" + random.nextInt(2));
            case 2 -> Map.of("tenant", "t" + random.nextInt(2));
            default -> Map.of();
        };
    }

    /** The election: whoever is alive and runs takes over from who is not. */
    private void elect() {
        if (schedulers.stream().noneMatch(s -> s.elected && s.alive() && !s.stopped())) {
            schedulers.stream()
                    .filter(s -> s.alive() && !s.stopped())
                    .findFirst()
                    .ifPresent(this::elect);
        }
        time.in(SECONDS, this::elect);
    }

    private void elect(SimulatedScheduler one) {
        time.tell(one.name + " is elected");
        schedulers.forEach(s -> s.elected = s == one);
    }

    private void fault() {
        SimulatedScheduler scheduler = schedulers.get(random.nextInt(schedulers.size()));
        SimulatedWorker worker = workers.get(random.nextInt(workers.size()));
        switch (random.nextInt(14)) {
            case 0, 1 -> killForAWhile(worker);
            case 2 -> stopForAWhile(worker, 10 * SECONDS);
            case 3 -> {
                worker.leave();
                time.in(3 * SECONDS + time.upTo(3 * SECONDS), worker::start);
            }
            case 4 -> worker.ready = calm || !worker.ready;
            case 5, 6 -> {
                scheduler.kill();
                time.in(time.upTo(5 * SECONDS), scheduler::start);
            }
            case 7 -> stopForAWhile(scheduler, 20 * SECONDS);
            case 8 -> scheduler.jump(time.upTo(random.nextBoolean() ? 5 * SECONDS : 3_600 * SECONDS));
            case 9 -> {
                authority.kill();
                time.in(time.upTo(5 * SECONDS), authority::start);
            }
            case 10 -> {
                if (random.nextBoolean()) {
                    elect(scheduler);
                } else {
                    time.tell("both schedulers are elected");
                    schedulers.forEach(s -> s.elected = true);
                }
            }
            case 11 -> {
                boolean enforced = random.nextBoolean();
                DispatchEvent event = new DispatchEvent.SharesEnforced(enforced, enforced && random.nextBoolean());
                schedulers.forEach(s -> {
                    s.enforces = enforced;
                    s.observe(event);
                });
            }
            case 12 -> {
                if (random.nextBoolean()) {
                    String policy = POLICIES.get(random.nextInt(POLICIES.size()));
                    time.tell("policy " + policy);
                    scheduler.select(Policies.installed().choose(policy, Map.of()));
                } else {
                    double budget = 500.0 * (1 + random.nextInt(8));
                    schedulers.forEach(s -> s.observe(new DispatchEvent.BudgetChanged(budget)));
                }
            }
            default -> {
                List<SimulatedAuthority.Job> jobs = List.copyOf(authority.jobs.values());
                if (!jobs.isEmpty() && random.nextInt(3) == 0) {
                    authority.cancel(jobs.get(random.nextInt(jobs.size())));
                }
            }
        }
    }

    private void killForAWhile(SimulatedWorker worker) {
        if (worker.mayDie()) {
            worker.kill();
            time.in(time.upTo(6 * SECONDS), worker::start);
        }
    }

    private void stopForAWhile(SimulatedProcess process, long limitUs) {
        process.stop();
        time.in(MILLIS + time.upTo(limitUs), process::proceed);
    }

    private void endFaults() {
        time.tell("faults cease");
        calm = true;
        topics.calm();
        authority.start();
        for (SimulatedScheduler scheduler : schedulers) {
            scheduler.proceed();
            scheduler.start();
        }
        elect(schedulers.getFirst());
        for (SimulatedWorker worker : workers) {
            worker.failurePercent = 0;
            worker.ready = true;
            worker.proceed();
            // One that leaves at this moment starts again when it has gone.
            revive(worker);
        }
    }

    private void revive(SimulatedWorker worker) {
        worker.start();
        time.in(SECONDS, () -> revive(worker));
    }

    @Override
    public void close() {
        schedulers.forEach(SimulatedProcess::kill);
    }
}
