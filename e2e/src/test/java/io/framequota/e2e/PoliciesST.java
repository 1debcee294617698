package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Four videos submitted together under each policy: who was granted what, and when, is what the policy says. */
@Tag("long")
class PoliciesST {
    private static final Duration LIMIT = Duration.ofMinutes(4);
    /** Chunks that a worker may hold beyond its share: one that runs, one that waits, for each of two workers. */
    private static final int HELD = 4;
    /** The sample's 120 frames have a key picture every 20, where chunks of packets begin. */
    private static final int CHUNKS = 6;

    @TempDir
    static Path data;

    private static RunningSystem system;

    record Decision(long sequence, String job, int chunk, String worker) {}

    @BeforeAll
    static void up() {
        // Small chunks: shares over time show in many grants. And room for all of them: see runFour.
        system = RunningSystem.up(data, Map.of("FRAMEQUOTA_CHUNK_FRAMES", "8", "FRAMEQUOTA_DECODE_AHEAD_BYTES", "1G"));
    }

    @AfterAll
    static void down() {
        system.close();
    }

    @Test
    void oneCorePerRequestKeepsEveryJobOnOneWorkerAndServesInOrderOfArrival() {
        List<String> jobs = runFour("one-core-per-request");
        List<Decision> grants = grants(jobs);

        for (String job : jobs) {
            assertThat(workersOf(grants, job)).as("workers of " + job).hasSize(1);
        }
        // Unsliced: a worker that has begun with a job does nothing else until its last chunk.
        for (String worker : Set.copyOf(grants.stream().map(Decision::worker).toList())) {
            List<String> turns = turns(grants.stream()
                    .filter(g -> g.worker().equals(worker))
                    .map(Decision::job)
                    .toList());
            assertThat(turns).as("jobs that " + worker + " turned to").doesNotHaveDuplicates();
        }
        // The first two run at once, the others wait for a core.
        List<String> firstGrants = turnsOfFirstGrant(grants);
        assertThat(firstGrants.subList(0, 2))
                .as("whichever is decoded first")
                .containsExactlyInAnyOrderElementsOf(jobs.subList(0, 2));
        assertThat(firstGrants.subList(2, 4)).isEqualTo(jobs.subList(2, 4));
        assertThat(firstSequence(grants, jobs.get(2)))
                .isGreaterThan(Math.min(lastSequence(grants, jobs.get(0)), lastSequence(grants, jobs.get(1))));
        // Equal jobs: the two that began end before the two that waited.
        List<String> byEnd = byEnd(jobs);
        assertThat(byEnd.subList(0, 2)).containsExactlyInAnyOrderElementsOf(jobs.subList(0, 2));
    }

    @Test
    void divideAndConquerGivesEveryActiveJobTheSameShare() {
        List<String> jobs = runFour("divide-and-conquer");
        List<Decision> grants = grants(jobs);

        // From the moment all four have been granted something until the first has nothing left, shares are equal.
        long from = jobs.stream().mapToLong(j -> firstSequence(grants, j)).max().orElseThrow();
        long to = jobs.stream().mapToLong(j -> lastSequence(grants, j)).min().orElseThrow();
        assertThat(to).as("all four were active together").isGreaterThan(from);
        Map<String, Integer> shares = new HashMap<>();
        for (Decision grant : grants) {
            if (grant.sequence() > from && grant.sequence() <= to) {
                shares.merge(grant.job(), 1, Integer::sum);
            }
        }
        int most = shares.values().stream().mapToInt(i -> i).max().orElseThrow();
        int least = jobs.stream().mapToInt(j -> shares.getOrDefault(j, 0)).min().orElseThrow();
        assertThat(most - least)
                .as("chunks granted while all four were active: " + shares)
                .isLessThanOrEqualTo(1 + HELD / 2);
        // Equal jobs with equal shares end together: when the first has nothing left, the last has at most its share of
        // a
        // round and the chunks by which others were ahead of it before it began.
        long ahead = jobs.stream()
                .mapToLong(j -> count(grants, j, g -> g.sequence() <= from))
                .max()
                .orElseThrow();
        for (String job : jobs) {
            assertThat(count(grants, job, g -> g.sequence() > to))
                    .as("chunks of " + job + " after the first job's last")
                    .isLessThanOrEqualTo(ahead + HELD / 2);
        }
        // Taking turns, four jobs may meet two workers in step and each stay on one; a job alone is divided over both.
        List<String> alone = submit(1);
        awaitEnds(alone);
        assertThat(workersOf(grants(alone), alone.getFirst()))
                .as("workers of a job alone")
                .hasSize(2);
    }

    @Test
    void oneRequestAtATimeGivesAllWorkersToTheFirstJob() {
        // Without spill nobody else is given anything, however slowly the head is decoded.
        List<String> jobs = runFour("one-request-at-a-time", "\"spill\":\"false\"");
        List<Decision> grants = grants(jobs);

        assertThat(turns(grants.stream().map(Decision::job).toList()))
                .as("jobs in the order of their grants")
                .isEqualTo(jobs);
        for (String job : jobs) {
            assertThat(workersOf(grants, job)).as("workers of " + job).hasSize(2);
        }
        assertThat(byEnd(jobs)).isEqualTo(jobs);
    }

    @Test
    void idleWorkersServeTheNextJobAndTheFirstStillEndsFirst() {
        List<String> jobs = runFour("one-request-at-a-time");
        List<Decision> grants = grants(jobs);

        for (int head = 0; head < jobs.size() - 1; head++) {
            long last = lastSequence(grants, jobs.get(head));
            Set<String> later = new HashSet<>(jobs.subList(head + 1, jobs.size()));
            long before = grants.stream()
                    .filter(g -> g.sequence() < last && later.contains(g.job()))
                    .count();
            // Idle cores may serve the next request while the head has no chunk to give: at its begin and its tail.
            assertThat(before)
                    .as("grants to later jobs before the last of job " + head)
                    .isLessThanOrEqualTo(HELD);
        }
        assertThat(byEnd(jobs)).isEqualTo(jobs);
    }

    private static List<String> runFour(String policy) {
        return runFour(policy, "");
    }

    /**
     * Workers stand still until all four are decoded: how fast each is decoded while the cores compute is no policy's doing.
     */
    private static List<String> runFour(String policy, String parameters) {
        system.put("/api/v1/policy", "{\"policy\":\"" + policy + "\",\"parameters\":{" + parameters + "}}");
        system.signal("inference-service", "STOP");
        List<String> jobs;
        try {
            jobs = submit(4);
            for (String job : jobs) {
                system.server()
                        .await(
                                "it is decoded",
                                LIMIT,
                                () -> system.job(job).path("chunks").asInt() == CHUNKS);
            }
        } finally {
            system.signal("inference-service", "CONT");
        }
        awaitEnds(jobs);
        return jobs;
    }

    private static List<String> submit(int count) {
        List<String> jobs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            jobs.add(system.submit("sample:walkers", "people", 2).path("job").asText());
        }
        return jobs;
    }

    private static void awaitEnds(List<String> jobs) {
        for (String job : jobs) {
            assertThat(system.awaitEnd(job, LIMIT).path("state").asText()).isEqualTo("SUCCEEDED");
        }
    }

    private static List<Decision> grants(List<String> jobs) {
        JsonNode decisions = system.get("/api/v1/decisions").path("decisions");
        return StreamSupport.stream(decisions.spliterator(), false)
                .map(d -> new Decision(
                        d.path("sequence").asLong(),
                        d.path("job").asText(),
                        d.path("chunk").asInt(),
                        d.path("worker").asText()))
                .filter(d -> jobs.contains(d.job()))
                .sorted((a, b) -> Long.compare(a.sequence(), b.sequence()))
                .toList();
    }

    private static List<String> byEnd(List<String> jobs) {
        return jobs.stream()
                .sorted(Comparator.comparing(
                        job -> Instant.parse(system.job(job).path("ended_at").asText())))
                .toList();
    }

    private static long count(List<Decision> grants, String job, Predicate<Decision> which) {
        return grants.stream().filter(g -> g.job().equals(job)).filter(which).count();
    }

    private static Set<String> workersOf(List<Decision> grants, String job) {
        Set<String> workers = new HashSet<>();
        grants.stream().filter(g -> g.job().equals(job)).forEach(g -> workers.add(g.worker()));
        return workers;
    }

    private static List<String> turns(List<String> jobs) {
        List<String> turns = new ArrayList<>();
        for (String job : jobs) {
            if (turns.isEmpty() || !turns.getLast().equals(job)) {
                turns.add(job);
            }
        }
        return turns;
    }

    private static List<String> turnsOfFirstGrant(List<Decision> grants) {
        return grants.stream().map(Decision::job).distinct().toList();
    }

    private static long firstSequence(List<Decision> grants, String job) {
        return grants.stream()
                .filter(g -> g.job().equals(job))
                .mapToLong(Decision::sequence)
                .min()
                .orElseThrow();
    }

    private static long lastSequence(List<Decision> grants, String job) {
        return grants.stream()
                .filter(g -> g.job().equals(job))
                .mapToLong(Decision::sequence)
                .max()
                .orElseThrow();
    }
}
