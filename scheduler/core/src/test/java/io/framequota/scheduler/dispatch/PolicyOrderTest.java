package io.framequota.scheduler.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Order and shares under each policy, as shown by the grants. */
class PolicyOrderTest {
    private static final int FRAMES = 10;

    @Test
    void oneCorePerRequestKeepsEachRequestOnOneWorkerInOrderOfArrival() {
        VirtualCluster cluster = cluster("one-core-per-request", Map.of());
        cluster.submitTogether(4, 20, FRAMES);
        cluster.runUntil(cluster::allEnded, 60_000_000);

        List<DispatchCommand.Grant> grants = cluster.grants();
        for (String job : cluster.jobs.keySet()) {
            assertThat(grants.stream()
                            .filter(g -> g.chunk().job().equals(job))
                            .map(DispatchCommand.Grant::worker)
                            .distinct())
                    .as("workers of " + job)
                    .hasSize(1);
        }
        assertThat(grants.stream().map(g -> g.chunk().job()).distinct())
                .containsExactly("job-0", "job-1", "job-2", "job-3");
        long thirdBegins = grants.stream()
                .filter(g -> g.chunk().job().equals("job-2"))
                .mapToLong(DispatchCommand.Grant::decidedAtUs)
                .min()
                .orElseThrow();
        assertThat(thirdBegins).isGreaterThanOrEqualTo(cluster.jobs.get("job-0").endedAt);
    }

    @Test
    void oneCorePerRequestWaitsForTheNextChunkOfABegunRequest() {
        VirtualCluster cluster = cluster("one-core-per-request", Map.of());
        VirtualCluster.Submitted slow = cluster.announce("slow", 2, FRAMES);
        VirtualCluster.Submitted other = cluster.announce("other", 2, FRAMES);
        cluster.observe(new DispatchEvent.ChunkReady(slow.chunk(0)), new DispatchEvent.ChunkReady(other.chunk(0)));
        cluster.runFor(5_000_000);
        cluster.submit("late", 5, FRAMES);
        cluster.runFor(1_000_000);

        assertThat(jobsOf(cluster.grants()))
                .as("both workers are reserved, although there are no chunks")
                .containsExactly("slow", "other");
    }

    @Test
    void noCoreIsReservedForARequestWithoutChunks() {
        VirtualCluster cluster = cluster("one-core-per-request", Map.of());
        VirtualCluster.Submitted first = cluster.announce("first", 2, FRAMES);
        cluster.submit("second", 5, FRAMES);
        cluster.submit("third", 5, FRAMES);
        cluster.runUntil(() -> cluster.ended() == 2, 10_000_000);

        assertThat(jobsOf(cluster.grants())).containsOnly("second", "third");
        ready(cluster, first);
        cluster.runUntil(cluster::allEnded, 10_000_000);
    }

    @Test
    void coreIsReservedForARequestBeingDecodedUntilItsChunkIsOverdue() {
        VirtualCluster cluster = cluster("one-core-per-request", Map.of());
        cluster.announce("first", 2, FRAMES);
        cluster.observe(new DispatchEvent.JobDecoding("first"));
        cluster.submit("second", 5, FRAMES);
        cluster.submit("third", 5, FRAMES);

        assertThat(jobsOf(cluster.grants()))
                .as("the other worker is reserved for the first request")
                .containsOnly("second");
        cluster.runFor(1_500_000);
        assertThat(jobsOf(cluster.grants())).contains("third");
    }

    @Test
    void divideAndConquerGivesEqualFramesAtEveryMoment() {
        VirtualCluster cluster = cluster("divide-and-conquer", Map.of());
        cluster.submitTogether(4, 25, FRAMES);
        cluster.runUntil(cluster::allEnded, 60_000_000);

        Map<String, Integer> frames = new HashMap<>();
        cluster.jobs.keySet().forEach(j -> frames.put(j, 0));
        for (DispatchCommand.Grant grant : cluster.grants()) {
            frames.merge(grant.chunk().job(), grant.chunk().frames(), Integer::sum);
            int most = frames.values().stream().mapToInt(i -> i).max().orElseThrow();
            int least = frames.values().stream().mapToInt(i -> i).min().orElseThrow();
            assertThat(most - least).isLessThanOrEqualTo(FRAMES);
        }
    }

    @Test
    void divideAndConquerCountsFramesNotChunks() {
        VirtualCluster cluster = cluster("divide-and-conquer", Map.of());
        VirtualCluster.Submitted small = cluster.announce("small", 100, 5);
        VirtualCluster.Submitted large = cluster.announce("large", 25, 20);
        ready(cluster, small);
        ready(cluster, large);
        cluster.runFor(200_000);

        int smallFrames = framesOf(cluster.grants(), "small");
        int largeFrames = framesOf(cluster.grants(), "large");
        assertThat(Math.abs(smallFrames - largeFrames)).isLessThanOrEqualTo(20);
        assertThat(smallFrames).isGreaterThan(100);
    }

    @Test
    void newRequestGetsItsShareFromNowOnAndDoesNotCatchUp() {
        VirtualCluster cluster = cluster("divide-and-conquer", Map.of());
        cluster.submit("old", 100, FRAMES);
        cluster.runFor(200_000);
        int before = cluster.grants().size();
        assertThat(before).isGreaterThan(20);

        cluster.submit("new", 100, FRAMES);
        cluster.runFor(100_000);

        List<DispatchCommand.Grant> since =
                cluster.grants().subList(before, cluster.grants().size());
        assertThat(since).hasSizeGreaterThan(10);
        int oldFrames = framesOf(since, "old");
        int newFrames = framesOf(since, "new");
        assertThat(Math.abs(oldFrames - newFrames)).isLessThanOrEqualTo(2 * FRAMES);
    }

    @Test
    void oneRequestAtATimeServesTheHeadFirstAndSpillsOnlyAtItsTail() {
        VirtualCluster cluster = cluster("one-request-at-a-time", Map.of());
        cluster.submitTogether(4, 20, FRAMES);
        cluster.runUntil(cluster::allEnded, 60_000_000);

        List<String> order = jobsOf(cluster.grants());
        List<String> sorted = new ArrayList<>(order);
        sorted.sort(null);
        assertThat(order).isEqualTo(sorted);
        assertThat(cluster.jobs.values().stream().map(j -> j.endedAt)).isSorted();
    }

    @Test
    void nextRequestFillsIdleCoresUntilTheHeadHasChunks() {
        VirtualCluster cluster = cluster("one-request-at-a-time", Map.of());
        VirtualCluster.Submitted head = cluster.announce("head", 10, FRAMES);
        cluster.submit("next", 10, FRAMES);
        cluster.observe(new DispatchEvent.ChunkReady(head.chunk(0)));
        cluster.runFor(1);

        // Both workers ran "next" and held a waiting grant of it: the head's chunk replaces one of the waiting grants.
        assertThat(cluster.dispatcher.status().workers())
                .allSatisfy(w -> assertThat(w.running().job()).isEqualTo("next"))
                .extracting(w -> w.waiting().job())
                .containsExactlyInAnyOrder("head", "next");
    }

    @Test
    void nextRequestGetsNoWaitingGrantWhileTheHeadHasMoreToCome() {
        VirtualCluster cluster = cluster("one-request-at-a-time", Map.of());
        VirtualCluster.Submitted head = cluster.announce("head", 10, FRAMES);
        cluster.observe(new DispatchEvent.ChunkReady(head.chunk(0)), new DispatchEvent.ChunkReady(head.chunk(1)));
        cluster.submit("next", 10, FRAMES);

        assertThat(cluster.dispatcher.status().workers()).allSatisfy(w -> {
            assertThat(w.running().job()).isEqualTo("head");
            assertThat(w.waiting()).isNull();
        });
    }

    @Test
    void nextRequestGetsWaitingGrantsOnceTheHeadIsFullyGranted() {
        VirtualCluster cluster = cluster("one-request-at-a-time", Map.of());
        cluster.submit("head", 2, FRAMES);
        cluster.submit("next", 10, FRAMES);

        assertThat(cluster.dispatcher.status().workers()).allSatisfy(w -> {
            assertThat(w.running().job()).isEqualTo("head");
            assertThat(w.waiting().job()).isEqualTo("next");
        });
    }

    @Test
    void withoutSpillIdleCoresStayIdle() {
        VirtualCluster cluster = cluster("one-request-at-a-time", Map.of("spill", "false"));
        VirtualCluster.Submitted head = cluster.announce("head", 2, FRAMES);
        cluster.submit("next", 10, FRAMES);
        cluster.runFor(1_000_000);
        assertThat(cluster.grants()).isEmpty();

        ready(cluster, head);
        cluster.runUntil(cluster::allEnded, 10_000_000);
        assertThat(jobsOf(cluster.grants()).subList(0, 2)).containsExactly("head", "head");
    }

    @Test
    void shorterNewRequestComesFirstAndWaitingGrantsAreRevoked() {
        VirtualCluster cluster = cluster("one-request-at-a-time", Map.of("order", "shortest-first"));
        cluster.submit("long", 50, FRAMES);
        cluster.submit("short", 4, FRAMES);

        assertThat(cluster.commands.stream().filter(c -> c instanceof DispatchCommand.Revoke))
                .hasSize(2);
        cluster.runUntil(cluster::allEnded, 10_000_000);
        assertThat(cluster.jobs.get("short").endedAt).isLessThan(cluster.jobs.get("long").endedAt);
        assertThat(jobsOf(cluster.grants()).subList(4, 8)).containsOnly("short");
    }

    private static VirtualCluster cluster(String policy, Map<String, String> parameters) {
        VirtualCluster cluster = new VirtualCluster(policy, parameters, 2, DispatcherSettings.UNCAPPED);
        return cluster;
    }

    private static void ready(VirtualCluster cluster, VirtualCluster.Submitted job) {
        DispatchEvent[] events = new DispatchEvent[job.chunks + 1];
        for (int i = 0; i < job.chunks; i++) {
            events[i] = new DispatchEvent.ChunkReady(job.chunk(i));
        }
        events[job.chunks] = new DispatchEvent.JobDecoded(job.descriptor.id(), job.chunks);
        cluster.observe(events);
    }

    private static List<String> jobsOf(List<DispatchCommand.Grant> grants) {
        return grants.stream().map(g -> g.chunk().job()).toList();
    }

    private static int framesOf(List<DispatchCommand.Grant> grants, String job) {
        return grants.stream()
                .filter(g -> g.chunk().job().equals(job))
                .mapToInt(g -> g.chunk().frames())
                .sum();
    }
}
