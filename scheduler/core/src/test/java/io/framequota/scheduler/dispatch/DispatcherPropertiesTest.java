package io.framequota.scheduler.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.scheduler.policy.Policies;
import io.framequota.scheduler.policy.PolicyDefinition;
import io.framequota.scheduler.policy.SchedulingLabels;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Random crashes, failures, silences, repeated and lost messages, changes of policy, budget and actuator: every chunk
 * still ends, and none runs twice at the same time.
 */
class DispatcherPropertiesTest {
    private static final List<String> POLICIES =
            Policies.installed().serving().stream().map(PolicyDefinition::name).toList();
    private static final String TIGHT = "3";

    @Property(tries = 120)
    void everyChunkEndsAndIsNeverGrantedTwiceAtOnce(@ForAll long seed) {
        Random random = new Random(seed);
        VirtualCluster cluster = new VirtualCluster(
                any(random),
                Map.of(),
                1 + random.nextInt(4),
                random.nextBoolean() ? DispatcherSettings.UNCAPPED : 1000.0 * (1 + random.nextInt(3)));
        cluster.latency = random.nextInt(40_000);
        cluster.copies = random.nextInt(3) == 0 ? null : random;
        cluster.fails = sometimes(random, 10);
        cluster.loses = random.nextBoolean() ? sometimes(random, 20) : g -> false;
        if (random.nextBoolean()) {
            cluster.observe(new DispatchEvent.CostMeasured(VirtualCluster.MODEL, 0.001));
        }
        cluster.check = () -> {
            eachChunkOnce(cluster);
            withinBudget(cluster);
        };
        for (int i = 0; i < 1 + random.nextInt(6); i++) {
            String id = "job-" + i;
            cluster.in(random.nextInt(5_000_000), () -> decode(cluster, random, id));
        }
        for (int i = 0; i < random.nextInt(4); i++) {
            String id = "stream-" + i;
            cluster.in(random.nextInt(15_000_000), () -> cluster.openStream(id, stream(random)));
            cluster.in(random.nextInt(20_000_000), () -> cluster.endStream(id));
        }
        for (int i = 0; i < random.nextInt(20); i++) {
            cluster.in(random.nextInt(20_000_000), () -> trouble(cluster, random));
        }
        cluster.runFor(20_000_000);
        List.copyOf(cluster.streams.keySet()).forEach(cluster::endStream);
        cluster.workers.values().forEach(w -> {
            if (!w.alive) {
                w.restart();
            }
            w.ready = true;
            w.models = Set.of(VirtualCluster.MODEL);
        });

        cluster.runUntil(cluster::allEnded, 900_000_000);

        cluster.jobs.values().forEach(DispatcherPropertiesTest::endedWell);
    }

    /** The job has all its results, or was refused because of its deadline, which only one policy does. */
    private static void endedWell(VirtualCluster.Submitted job) {
        if (!job.failure.isEmpty() && TIGHT.equals(job.descriptor.labels().get(SchedulingLabels.DEADLINE))) {
            assertThat(job.failure).startsWith("refused by the policy edf: it needs about ");
            return;
        }
        assertThat(job.failure).isEmpty();
        assertThat(job.committed).hasSize(job.chunks);
    }

    @Property(tries = 30)
    void equalRunsGiveEqualCommands(@ForAll long seed) {
        assertThat(commands(seed)).isEqualTo(commands(seed));
    }

    private static List<DispatchCommand> commands(long seed) {
        Random random = new Random(seed);
        VirtualCluster cluster = new VirtualCluster(any(random), Map.of(), 3, DispatcherSettings.UNCAPPED);
        cluster.latency = random.nextInt(40_000);
        cluster.copies = random;
        for (int i = 0; i < 4; i++) {
            String id = "job-" + i;
            cluster.in(random.nextInt(1_000_000), () -> decode(cluster, random, id));
        }
        for (int i = 0; i < 10; i++) {
            cluster.in(random.nextInt(5_000_000), () -> trouble(cluster, random));
        }
        cluster.runFor(8_000_000);
        return cluster.commands;
    }

    private static StreamSpec stream(Random random) {
        return new StreamSpec(1 + random.nextInt(30), 1 + random.nextInt(3), FrameFormat.UNKNOWN, 0, false, 1, 0);
    }

    private static String any(Random random) {
        return POLICIES.get(random.nextInt(POLICIES.size()));
    }

    /** A job whose chunks come one by one. */
    private static void decode(VirtualCluster cluster, Random random, String id) {
        int chunks = 1 + random.nextInt(12);
        VirtualCluster.Submitted job = cluster.announce(id, chunks, 1 + random.nextInt(200), labels(random));
        long at = 0;
        for (int i = 0; i < chunks; i++) {
            int index = i;
            at += random.nextInt(200_000);
            cluster.in(at, () -> cluster.fact(new DispatchEvent.ChunkReady(job.chunk(index))));
        }
        cluster.in(at + 1, () -> cluster.fact(new DispatchEvent.JobDecoded(id, chunks)));
    }

    private static Map<String, String> labels(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> Map.of(SchedulingLabels.DEADLINE, TIGHT, SchedulingLabels.WEIGHT, "2");
            case 1 -> Map.of(SchedulingLabels.DEADLINE, "100000", "tenant", "t" + random.nextInt(2));
            case 2 -> Map.of("tenant", "t" + random.nextInt(2));
            default -> Map.of();
        };
    }

    private static void trouble(VirtualCluster cluster, Random random) {
        List<VirtualWorker> workers = new ArrayList<>(cluster.workers.values());
        VirtualWorker worker = workers.get(random.nextInt(workers.size()));
        switch (random.nextInt(9)) {
            case 0 -> {
                worker.kill();
                cluster.in(random.nextInt(6_000_000), worker::restart);
            }
            case 1 -> worker.restart();
            case 2 -> {
                worker.leave();
                cluster.in(random.nextInt(2_000_000), worker::restart);
            }
            case 3 -> worker.ready = !worker.ready;
            case 4 -> worker.models = worker.models.isEmpty() ? Set.of(VirtualCluster.MODEL) : Set.of();
            case 5 -> cluster.observe(new DispatchEvent.SharesEnforced(random.nextBoolean(), random.nextBoolean()));
            case 6 -> cluster.observe(new DispatchEvent.BudgetChanged(500.0 * (1 + random.nextInt(8))));
            case 7 ->
                cluster.observe(
                        new DispatchEvent.PolicyChanged(Policies.installed().choose(any(random), Map.of())));
            default -> cluster.backlog();
        }
    }

    /** Failures or losses, but never enough of one chunk to fail its job. */
    private static java.util.function.Predicate<DispatchCommand.Grant> sometimes(Random random, int oneIn) {
        Map<String, Integer> failures = new HashMap<>();
        return grant -> random.nextInt(oneIn) == 0
                && failures.merge(grant.chunk().job() + "/" + grant.chunk().index(), 1, Integer::sum) <= 2;
    }

    private static void eachChunkOnce(VirtualCluster cluster) {
        Set<String> granted = new HashSet<>();
        Set<String> held = new HashSet<>();
        for (DispatcherStatus.WorkerStatus worker : cluster.dispatcher.status().workers()) {
            once(granted, worker.running());
            once(granted, worker.waiting());
        }
        for (VirtualWorker worker : cluster.workers.values()) {
            once(held, worker.running == null ? null : VirtualWorker.ref(worker.running));
            once(held, worker.waiting == null ? null : VirtualWorker.ref(worker.waiting));
        }
    }

    private static void once(Set<String> seen, GrantRef ref) {
        assertThat(ref == null || seen.add(ref.job() + "/" + ref.chunk()))
                .as("granted only once: %s", ref)
                .isTrue();
    }

    private static void withinBudget(VirtualCluster cluster) {
        DispatcherStatus status = cluster.dispatcher.status();
        double sum = status.jobs().stream()
                .mapToDouble(DispatcherStatus.JobShare::millicores)
                .sum();
        assertThat(sum)
                .as("shares of jobs beside %s", status.streams())
                .isLessThanOrEqualTo(Math.max(0, status.budget() - status.reserved()) * (1 + 1e-9));
        assertThat(status.streams().stream().mapToInt(StreamStatus::millicores).sum())
                .isEqualTo(status.reserved());
        status.workers()
                .forEach(w -> assertThat(w.reserved())
                        .as("reserved on %s for %s", w.id(), status.streams())
                        .isEqualTo(status.streams().stream()
                                .filter(s -> w.id().name().equals(s.worker()))
                                .mapToInt(StreamStatus::millicores)
                                .sum()));
        double held = cluster.dispatcher.workerShares().stream()
                .mapToDouble(WorkerShare::millicores)
                .sum();
        assertThat(held).as("millicores of the workers").isLessThanOrEqualTo(status.budget() * (1 + 1e-9));
    }
}
