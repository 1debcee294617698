package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.framequota.scheduler.dispatch.WorkerFleet;
import io.framequota.scheduler.policy.Policies;
import io.framequota.scheduler.policy.Policy;
import io.framequota.scheduler.policy.Snapshot;
import io.framequota.scheduler.policy.SnapshotJob;
import io.framequota.scheduler.policy.Speedup;
import io.framequota.scheduler.simulator.Arrival;
import io.framequota.scheduler.simulator.JobOutcome;
import io.framequota.scheduler.simulator.QuotaModel;
import io.framequota.scheduler.simulator.Scenario;
import io.framequota.scheduler.simulator.ShareGrid;
import io.framequota.scheduler.simulator.Simulator;
import io.framequota.scheduler.simulator.Workload;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The running system on videos of different lengths: the live policies know what is known. A head request keeps the workers
 * busy until all the others are there; then the policy under test takes over, and what is granted from then on is its doing.
 */
@Tag("long")
class LivePoliciesST {
    private static final Duration LIMIT = Duration.ofMinutes(4);
    private static final String MODEL = "people";
    private static final int CHUNK = Clips.KEYS;
    /** Grants that are out when a policy takes over: one that runs and one that waits, at each of two workers. */
    private static final int HELD = 4;
    /** Frames of the videos, in the order in which they are submitted. */
    private static final List<Integer> LENGTHS = List.of(200, 120, 80, 50, 30, 20);

    @TempDir
    static Path folder;

    private static final List<Path> VIDEOS = new ArrayList<>();
    private static RunningSystem system;

    record Grant(long sequence, String job, int chunk) {}

    @BeforeAll
    static void up() throws IOException {
        for (int frames : LENGTHS) {
            VIDEOS.add(Clips.bar(folder.resolve(frames + "-frames.mp4"), frames, 320, 240));
        }
        system = RunningSystem.up(
                folder.resolve("data"),
                Map.of("FRAMEQUOTA_CHUNK_FRAMES", Integer.toString(CHUNK), "FRAMEQUOTA_DECODE_AHEAD_BYTES", "1G"));
        // What a frame costs is measured from here on.
        String first = system.server()
                .upload(VIDEOS.getLast(), MODEL, Map.of())
                .path("job")
                .asText();
        succeed(List.of(first));
    }

    @AfterAll
    static void down() {
        system.close();
    }

    /** Whatever was decided so far follows from what was known at each moment, and from nothing else. */
    @AfterEach
    void everyDecisionIsReproducedByAReplay() {
        JsonNode replay = system.get("/api/v1/decisions/replay");
        assertThat(replay.path("same").asBoolean()).as(replay.toString()).isTrue();
        assertThat(replay.path("grants").asInt())
                .isGreaterThanOrEqualTo(
                        system.get("/api/v1/decisions").path("decisions").size());
    }

    @Test
    void srptServesTheShortestFirst() {
        assertShortestFirst(after(queue(), "srpt", "{}"));
    }

    @Test
    void oneRequestAtATimeServesTheShortestFirst() {
        assertShortestFirst(after(queue(), "one-request-at-a-time", "{\"order\":\"shortest-first\"}"));
    }

    /** Jobs in the order of submission, and what was granted since the policy took over. */
    record Served(List<String> jobs, List<Grant> grants) {
        long lastOf(int job) {
            return grants.stream()
                    .filter(g -> g.job().equals(jobs.get(job)))
                    .mapToLong(Grant::sequence)
                    .max()
                    .orElseThrow();
        }
    }

    private static void assertShortestFirst(Served served) {
        List<Integer> byLastGrant = IntStream.range(0, LENGTHS.size())
                .boxed()
                .sorted(Comparator.comparingLong(served::lastOf))
                .map(LENGTHS::get)
                .toList();
        assertThat(byLastGrant).isEqualTo(LENGTHS.reversed());
        // Equal shares would end in this order, too, but would have given the longer ones as much meanwhile.
        for (int job = LENGTHS.size() - 1; job > 0; job--) {
            long end = served.lastOf(job);
            List<String> longer = served.jobs().subList(0, job);
            assertThat(served.grants().stream().filter(g -> g.sequence() < end && longer.contains(g.job())))
                    .as("grants to longer ones while the one of " + LENGTHS.get(job) + " frames had chunks")
                    .hasSizeLessThanOrEqualTo(HELD);
        }
    }

    @Test
    void autoChoosesAsTheSimulatorDoes() {
        List<String> jobs = queue();
        system.put("/api/v1/policy", "{\"policy\":\"auto\"}");
        JsonNode allocation = system.get("/api/v1/allocation");
        String explanation = allocation.path("explanation").asText();
        Map<String, Double> left = new HashMap<>();
        allocation
                .path("jobs")
                .forEach(j -> left.put(
                        j.path("job").asText(), j.path("remaining_core_seconds").asDouble()));

        assertThat(explanation).doesNotContain("unknown length").doesNotContain("not measured");
        assertThat(jobs).allSatisfy(job -> assertThat(left.get(job)).isPositive());
        int cores = allocation.path("workers").size();
        assertThat(explanation).contains(": " + width(left.values(), cores) + " at a time on ");
        succeed(jobs);
        List<String> simulated = simulated(jobs.stream().map(left::get).toList(), cores).stream()
                .map(jobs::get)
                .toList();
        List<String> live = jobs.stream()
                .sorted(Comparator.comparing(
                        job -> Instant.parse(system.job(job).path("ended_at").asText())))
                .toList();
        // Neighbours may change places: the last chunks of two jobs run side by side, and one core may be slower just
        // then.
        assertThat(jobs)
                .as("live %s, simulated %s", live, simulated)
                .allSatisfy(job -> assertThat(live.indexOf(job)).isCloseTo(simulated.indexOf(job), within(1)));
    }

    /** How many at a time auto serves, asked directly. */
    private static int width(Iterable<Double> sizes, int cores) {
        List<SnapshotJob> jobs = new ArrayList<>();
        sizes.forEach(s -> jobs.add(SnapshotJob.queued("j" + jobs.size(), jobs.size() + 1L, s)));
        Policy auto = Policies.installed().choose("auto", Map.of()).policy();
        return auto.allocate(new Snapshot(1000.0 * cores, cores, Integer.MAX_VALUE, jobs))
                .explanation()
                .chosen()
                .atATime();
    }

    /** Positions of requests that come together, in the order in which the simulator ends them under auto. */
    private static List<Integer> simulated(List<Double> sizes, int cores) {
        List<Arrival> arrivals = new ArrayList<>();
        for (double size : sizes) {
            arrivals.add(new Arrival(arrivals.size() + 1L, 0, size, Map.of(), Integer.MAX_VALUE));
        }
        double chunkS = sizes.stream().mapToDouble(s -> s).sum()
                / LENGTHS.stream().mapToInt(n -> n).sum()
                * CHUNK;
        Scenario scenario = new Scenario(
                cores,
                1000.0 * cores,
                Speedup.LINEAR,
                Policies.installed().choose("auto", Map.of()),
                Workload.trace(arrivals),
                0,
                QuotaModel.FLUID,
                ShareGrid.EXACT,
                0,
                0,
                100,
                OptionalInt.empty(),
                true,
                chunkS);
        return Simulator.run(scenario, WorkerFleet.inTurns(Collections.nCopies(cores, 1)), sizes.size())
                .perJob()
                .stream()
                .sorted(Comparator.comparingDouble(JobOutcome::responseS))
                .map(o -> (int) o.id() - 1)
                .toList();
    }

    @Test
    void edfRefusesJobsThatWouldBeLateAndFinishesAdmittedOnesInTime() {
        system.put("/api/v1/policy", "{\"policy\":\"edf\"}");
        String kept = Server.parse(system.server()
                        .submit("sample:walkers", MODEL, 1, Map.of("deadline", "600"))
                        .body())
                .path("job")
                .asText();
        String late = upload(0, Map.of("deadline", "0.01"));
        String fits = upload(5, Map.of("deadline", "500"));

        JsonNode refused = system.awaitEnd(late, LIMIT);
        assertThat(refused.path("state").asText()).isEqualTo("FAILED");
        assertThat(refused.path("error").asText()).startsWith("refused by the policy edf: it needs about ");
        succeed(List.of(kept, fits));
        assertThat(grants(List.of(late), 0)).isEmpty();
        List<Grant> both = grants(List.of(kept, fits), 0);
        long lastOfFits = both.stream()
                .filter(g -> g.job().equals(fits))
                .mapToLong(Grant::sequence)
                .max()
                .orElseThrow();
        assertThat(both.getLast().sequence())
                .as("the earlier deadline comes first")
                .isGreaterThan(lastOfFits);
    }

    @Test
    void weightedFairKeepsSharesWithinOneChunkOfEachWorker() {
        system.put("/api/v1/policy", "{\"policy\":\"one-request-at-a-time\",\"parameters\":{\"spill\":\"false\"}}");
        keepWorkersBusy();
        String gold = upload(0, Map.of("tenant", "gold"));
        String plain = upload(0, Map.of("tenant", "plain"));
        List<String> both = List.of(gold, plain);
        decoded(both);
        Served served = after(both, "weighted-fair", "{\"weights\":\"gold=3\"}");

        int ofGold = 0;
        int ofPlain = 0;
        int chunks = LENGTHS.getFirst() / CHUNK;
        for (Grant grant : served.grants()) {
            ofGold += grant.job().equals(gold) ? 1 : 0;
            ofPlain += grant.job().equals(plain) ? 1 : 0;
            if (ofGold < chunks) {
                assertThat(Math.abs(ofGold - 3 * ofPlain))
                        .as("after " + ofGold + " grants to gold and " + ofPlain + " to the other")
                        .isLessThanOrEqualTo(3 + 1);
            }
        }
        assertThat(ofGold).isEqualTo(chunks);
    }

    @Test
    void everyPolicyDecidesByTheSameKnowledge() {
        for (JsonNode policy : system.get("/api/v1/policies")) {
            system.put("/api/v1/policy", "{\"policy\":\"" + policy.path("name").asText() + "\"}");
            succeed(List.of(upload(3, Map.of("tenant", "a")), upload(5, Map.of("weight", "2")), upload(4, Map.of())));
            JsonNode replay = system.get("/api/v1/decisions/replay");
            assertThat(replay.path("same").asBoolean()).as(replay.toString()).isTrue();
        }
    }

    @Test
    void aLabelThatNoPolicyUnderstandsIsRefusedAtSubmission() {
        HttpResponse<String> soon = system.server().submit("sample:walkers", MODEL, 1, Map.of("deadline", "soon"));
        assertThat(soon.statusCode()).isEqualTo(400);
        assertThat(soon.body()).contains("label deadline is 'soon'; allowed: seconds above 0");
        HttpResponse<String> light = system.server().submit("sample:walkers", MODEL, 1, Map.of("weight", "-1"));
        assertThat(light.statusCode()).isEqualTo(400);
        assertThat(light.body()).contains("label weight is '-1'; allowed: a number above 0");
    }

    @Test
    void aPolicyIsSetWithItsParametersFromTheCommandLine() {
        Fq.Ended ended = Fq.run(Duration.ofMinutes(1), "policy", "gang", "--set", "width=2", "--server", system.url());

        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(system.get("/api/v1/policy").path("parameters").path("width").asText())
                .isEqualTo("2");
    }

    /** Six videos, the longest first, all decoded and none begun: a head request has the workers. */
    private static List<String> queue() {
        system.put("/api/v1/policy", "{\"policy\":\"one-request-at-a-time\",\"parameters\":{\"spill\":\"false\"}}");
        keepWorkersBusy();
        List<String> jobs = IntStream.range(0, LENGTHS.size())
                .mapToObj(i -> upload(i, Map.of()))
                .toList();
        for (int i = 0; i < jobs.size(); i++) {
            long frames = LENGTHS.get(i);
            system.awaitJob(
                    jobs.get(i),
                    "has its length",
                    LIMIT,
                    j -> j.path("expected_frames").asLong() == frames);
        }
        decoded(jobs);
        return jobs;
    }

    /** With more than the others take to be cut into chunks. */
    private static void keepWorkersBusy() {
        for (int i = 0; i < 4; i++) {
            system.submit("sample:walkers", MODEL);
        }
    }

    private static void decoded(List<String> jobs) {
        for (String job : jobs) {
            system.awaitJob(
                    job,
                    "is decoded",
                    LIMIT,
                    j -> j.path("chunks").asLong() * CHUNK
                            >= j.path("expected_frames").asLong());
        }
    }

    /** What is granted from when this policy takes over until all jobs have ended. */
    private static Served after(List<String> jobs, String policy, String parameters) {
        assertThat(grants(jobs, 0))
                .as("none has begun while the head has the workers")
                .isEmpty();
        system.put("/api/v1/policy", "{\"policy\":\"" + policy + "\",\"parameters\":" + parameters + "}");
        succeed(jobs);
        return new Served(jobs, grants(jobs, 0));
    }

    private static String upload(int video, Map<String, String> labels) {
        return system.server()
                .upload(VIDEOS.get(video), MODEL, labels)
                .path("job")
                .asText();
    }

    private static void succeed(List<String> jobs) {
        for (String job : jobs) {
            JsonNode end = system.awaitEnd(job, LIMIT);
            assertThat(end.path("state").asText()).as(end.toString()).isEqualTo("SUCCEEDED");
        }
    }

    private static List<Grant> grants(List<String> jobs, long behind) {
        return StreamSupport.stream(
                        system.get("/api/v1/decisions").path("decisions").spliterator(), false)
                .map(d -> new Grant(
                        d.path("sequence").asLong(),
                        d.path("job").asText(),
                        d.path("chunk").asInt()))
                .filter(g -> g.sequence() > behind && jobs.contains(g.job()))
                .sorted(Comparator.comparingLong(Grant::sequence))
                .toList();
    }
}
