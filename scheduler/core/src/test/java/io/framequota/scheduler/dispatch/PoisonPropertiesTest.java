package io.framequota.scheduler.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.scheduler.policy.Policies;
import io.framequota.scheduler.policy.PolicyDefinition;
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
 * Chunks that end the process of their worker, with everything that runs in it. Each does so at most three times; no other
 * chunk is blamed, and all jobs end.
 */
class PoisonPropertiesTest {
    private static final List<String> POLICIES =
            Policies.installed().serving().stream().map(PolicyDefinition::name).toList();

    @Property(tries = 150)
    void eachPoisonEndsThreeProcessesAndNoOtherChunkIsCondemned(@ForAll long seed) {
        Random random = new Random(seed);
        int processes = 1 + random.nextInt(3);
        Scene scene = new Scene(random, processes, processes * (1 + random.nextInt(3)));
        int jobs = 1 + random.nextInt(4);
        for (int i = 0; i < jobs; i++) {
            scene.submit("job-" + i, 2 + random.nextInt(10), random.nextInt(3));
        }

        scene.cluster.runUntil(scene.cluster::allEnded, 900_000_000);

        assertThat(scene.killed)
                .allSatisfy((poison, times) -> assertThat(times)
                        .as("processes that %s ended", poison)
                        .isLessThanOrEqualTo(DispatcherSettings.DEATHS));
        assertThat(scene.condemned()).isEqualTo(scene.poison);
        scene.cluster.jobs.values().forEach(job -> {
            assertThat(job.failure).isEmpty();
            assertThat(job.committed).hasSize(job.chunks);
        });
    }

    @Property(tries = 20)
    void aJobWithTooManyPoisonsFailsWithAReason(@ForAll long seed) {
        Random random = new Random(seed);
        Scene scene = new Scene(random, 1, 2);
        scene.submit("bad", 20, 6);
        scene.submit("good", 20, 0);

        scene.cluster.runUntil(scene.cluster::allEnded, 900_000_000);

        assertThat(scene.cluster.jobs.get("bad").failure).contains("3 parts of the source ended the workers");
        assertThat(scene.killed.values().stream().mapToInt(i -> i).sum()).isLessThanOrEqualTo(12);
        assertThat(scene.cluster.jobs.get("good").failure).isEmpty();
        assertThat(scene.cluster.jobs.get("good").committed).hasSize(20);
    }

    /** A later leader goes on with the deaths that the authority keeps. */
    @Property(tries = 30)
    void deathsOutliveTheLeader(@ForAll long seed) {
        Random random = new Random(seed);
        Scene scene = new Scene(random, 1, 2);
        scene.submit("job", 6, 1);
        VirtualCluster.Submitted job = scene.cluster.jobs.get("job");
        scene.cluster.runUntil(() -> job.deaths.containsValue(2), 300_000_000);

        Dispatcher later = new Dispatcher(
                scene.cluster.epoch + 1,
                Policies.installed().choose("one-core-per-request", Map.of()),
                DispatcherSettings.capped(DispatcherSettings.UNCAPPED),
                new DecisionLog(10));
        Map<Integer, Integer> deaths = Map.copyOf(job.deaths);
        int poison = deaths.keySet().stream()
                .filter(c -> deaths.get(c) == 2)
                .findFirst()
                .orElseThrow();
        BacklogJob read = new BacklogJob(job.descriptor, 6, true, List.of(job.chunk(poison)), Set.of(), 0, 0, deaths);
        later.observe(new DispatchEvent.BacklogRead(List.of(read), 10), 0);
        WorkerId dying = new WorkerId("w", "a");
        WorkerId next = new WorkerId("w", "b");
        later.observe(Bench.beat(dying, scene.cluster.epoch + 1, null, null), 0);
        later.decide(0);
        later.observe(new DispatchEvent.Tick(), 500);
        assertThat(Bench.grant(later.decide(500)).condemned()).isEmpty();
        later.observe(Bench.beat(next, scene.cluster.epoch + 1, null, null), 1_000);

        assertThat(later.decide(1_000))
                .contains(new DispatchCommand.KeepDeaths("job", poison, 3))
                .filteredOn(c -> c instanceof DispatchCommand.Grant grant
                        && grant.condemned().equals(DispatcherSettings.CONDEMNED))
                .hasSize(1);
    }

    /** Workers that share processes, and jobs with poison. */
    private static final class Scene {
        final VirtualCluster cluster;
        final Set<String> poison = new HashSet<>();
        final Map<String, Integer> killed = new HashMap<>();
        private final Random random;
        private int started;

        Scene(Random random, int processes, int workers) {
            this.random = random;
            cluster = new VirtualCluster(
                    POLICIES.get(random.nextInt(POLICIES.size())), Map.of(), workers, DispatcherSettings.UNCAPPED);
            cluster.latency = random.nextInt(40_000);
            List<VirtualWorker> all = new ArrayList<>(cluster.workers.values());
            for (int i = 0; i < all.size(); i++) {
                all.get(i).process = "process-" + i % processes;
            }
            cluster.runFor(2 * VirtualCluster.HEARTBEAT_US);
            cluster.begins = this::begins;
        }

        void submit(String id, int chunks, int poisons) {
            while (poison.stream().filter(p -> p.startsWith(id + "/")).count() < Math.min(chunks, poisons)) {
                poison.add(id + "/" + random.nextInt(chunks));
            }
            cluster.submit(id, chunks, 20 + random.nextInt(500));
        }

        private static String name(DispatchCommand.Grant grant) {
            return grant.chunk().job() + "/" + grant.chunk().index();
        }

        private void begins(VirtualWorker worker, DispatchCommand.Grant grant) {
            if (poison.contains(name(grant)) && grant.condemned().isEmpty()) {
                String instance = worker.instance;
                cluster.in(random.nextInt((int) cluster.duration(grant)), () -> {
                    if (worker.alive && worker.instance.equals(instance) && worker.running == grant) {
                        killed.merge(name(grant), 1, Integer::sum);
                        kill(worker.process);
                    }
                });
            }
        }

        /** All workers of a process die; a new process has the same workers. */
        private void kill(String process) {
            List<VirtualWorker> dead = cluster.workers.values().stream()
                    .filter(w -> w.process.equals(process))
                    .toList();
            String next = "restarted-" + started++;
            dead.forEach(worker -> {
                worker.kill();
                worker.process = "dead, then " + next;
            });
            cluster.in(
                    100_000 + random.nextInt(5_000_000),
                    () -> dead.forEach(worker -> {
                        worker.process = next;
                        cluster.in(random.nextInt(300_000), () -> {
                            if (worker.process.equals(next)) {
                                worker.restart();
                            }
                        });
                    }));
        }

        Set<String> condemned() {
            Set<String> all = new HashSet<>();
            cluster.grants().stream().filter(g -> !g.condemned().isEmpty()).forEach(g -> all.add(name(g)));
            return all;
        }
    }
}
