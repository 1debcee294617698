package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.InvalidProtocolBufferException;
import io.framequota.contract.control.Command;
import io.framequota.contract.control.Grant;
import io.framequota.contract.control.GrantRef;
import io.framequota.contract.control.WorkerReport;
import io.framequota.contract.topic.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Parts of a source that end the process that works on them. The test is what is wrong with them: it kills the process with SIGKILL each
 * time that it works on such a part, and would go on for ever.
 */
class PoisonST {
    private static final Duration LIMIT = Duration.ofMinutes(4);
    /** A model's second or more: it cannot be over before the kill. */
    private static final int CHUNK_FRAMES = 40;

    private static final int POISON = 1;

    @TempDir
    static Path folder;

    private static RunningSystem system;

    @BeforeAll
    static void up() {
        system = RunningSystem.up(
                folder.resolve("data"), Map.of("FRAMEQUOTA_CHUNK_FRAMES", Integer.toString(CHUNK_FRAMES)));
    }

    @AfterAll
    static void down() {
        system.close();
    }

    @Test
    void aChunkThatEndsItsWorkersGetsErrorLinesAndAllOthersAreInferred() throws Exception {
        try (Watch watch = new Watch()) {
            String job = system.submit("sample:walkers", "people").path("job").asText();

            int kills = killWhileItRuns(job, watch, 3, () -> {});

            assertThat(kills).isEqualTo(3);
            assertOnlyThePoisonIsCondemned(job, watch);
        }
        List<Long> workers = Fq.pidsOf(system.handle(), "inference-service");
        String next = system.submit("sample:walkers", "people", 10).path("job").asText();
        JsonNode end = system.awaitEnd(next, LIMIT);
        system.server().assertEveryFrameOnce(end, 10);
        assertThat(failedFrames(end)).isEmpty();
        assertThat(Fq.pidsOf(system.handle(), "inference-service"))
                .as("workers stop dying")
                .isEqualTo(workers);
    }

    /** The third death is the only one that nobody sees: the scheduler is killed in front of it. */
    @Test
    void theCountOutlivesTheScheduler() throws Exception {
        try (Watch watch = new Watch()) {
            String job = system.submit("sample:walkers", "people").path("job").asText();

            int kills = killWhileItRuns(job, watch, 3, () -> system.kill("scheduler"));

            assertThat(kills).isEqualTo(4);
            assertOnlyThePoisonIsCondemned(job, watch);
        }
    }

    @Test
    void aSourceThatEndsIngestServiceFailsAfterThreeStarts() throws Exception {
        // Almost all of it is decoded before its first chunk is complete.
        Path clip = Clips.bar(folder.resolve("killer.mp4"), 3_000, 640, 360);
        String killer = system.server()
                .upload(clip, Map.of("model", "people", "every", "2990", "transport", "pixels"))
                .path("job")
                .asText();
        int kills = 0;
        while (kills < 6 && !endedWhenKilled(killer)) {
            kills++;
        }

        JsonNode end = system.awaitEnd(killer, LIMIT);
        assertThat(end.path("state").asText()).isEqualTo("FAILED");
        assertThat(end.path("error").asText()).contains("ingest-service ended 3 times while it read this source");
        assertThat(kills).isEqualTo(3);
        List<Long> services = Fq.pidsOf(system.handle(), "ingest-service");
        // Now nothing kills the process.
        Fq.Ended redriven = Fq.run(LIMIT, "redrive", killer, "--server", system.url());
        assertThat(redriven.code()).as(redriven.err()).isZero();
        JsonNode again = system.awaitEnd(killer, LIMIT);
        assertThat(again.path("state").asText()).as(again.toString()).isEqualTo("SUCCEEDED");
        assertThat(again.path("frames").asInt()).isEqualTo(2);
        String next = system.submit("sample:walkers", "people", 10).path("job").asText();
        system.server().assertEveryFrameOnce(system.awaitEnd(next, LIMIT), 10);
        assertThat(Fq.pidsOf(system.handle(), "ingest-service")).isEqualTo(services);
    }

    @Test
    void anInferenceServerThatIsAwayForHalfAMinuteLosesNoFrameAndCondemnsNoChunk() throws Exception {
        try (Watch watch = new Watch()) {
            String job = system.submit("sample:walkers", "people").path("job").asText();
            List<Long> workers = Fq.pidsOf(system.handle(), "inference-service");
            while (watch.started().isEmpty()) {
                assertThat(hasEnded(job)).isFalse();
            }

            long until = System.nanoTime() + Duration.ofSeconds(35).toNanos();
            while (System.nanoTime() < until) {
                Fq.pidsOf(system.handle(), "inference-server").forEach(pid -> Fq.signal(pid, "KILL"));
                Thread.sleep(100);
            }

            JsonNode end = system.awaitEnd(job, LIMIT);
            system.server().assertEveryFrameOnce(end, 1);
            assertThat(failedFrames(end)).isEmpty();
            watch.started();
            assertThat(watch.grants.values())
                    .allMatch(grant -> grant.getCondemned().isEmpty());
            assertThat(Fq.pidsOf(system.handle(), "inference-service")).isEqualTo(workers);
        }
    }

    /** Kills ingest-service as soon as it has the job's source open; true when the job has ended instead. */
    private static boolean endedWhenKilled(String job) throws InterruptedException {
        long until = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() < until) {
            for (long pid : Fq.pidsOf(system.handle(), "ingest-service")) {
                if (hasOpen(pid, job)) {
                    Fq.signal(pid, "KILL");
                    system.await("the killed process is gone", LIMIT, () -> !Files.exists(Path.of("/proc/" + pid)));
                    return false;
                }
            }
            if (hasEnded(job)) {
                return true;
            }
            Thread.sleep(5);
        }
        throw new AssertionError("ingest-service does not read the source of job " + job);
    }

    private static boolean hasEnded(String job) {
        try {
            return List.of("FAILED", "SUCCEEDED")
                    .contains(system.job(job).path("state").asText());
        } catch (RuntimeException | AssertionError e) {
            // The service starts again.
            return false;
        }
    }

    private static boolean hasOpen(long pid, String job) {
        try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return files.anyMatch(file -> {
                try {
                    return Files.readSymbolicLink(file).toString().contains(job);
                } catch (IOException e) {
                    return false;
                }
            });
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Kills the process of the workers each time that the poison is decoded and inferred, until the job has ended.
     *
     * @param special number of a kill that something happens in front of
     */
    private static int killWhileItRuns(String job, Watch watch, int special, Runnable before) {
        Set<GrantRef> killed = new HashSet<>();
        long until = System.nanoTime() + LIMIT.toNanos();
        while (!hasEnded(job) && killed.size() < 8) {
            assertThat(System.nanoTime()).as("the job ends; kills: " + killed).isLessThan(until);
            for (GrantRef started : watch.started()) {
                Grant grant = watch.grants.get(started);
                if (started.getJob().equals(job)
                        && started.getChunk() == POISON
                        && grant != null
                        && grant.getCondemned().isEmpty()
                        && killed.add(started)) {
                    if (killed.size() == special) {
                        before.run();
                    }
                    system.kill("inference-service");
                }
            }
        }
        return killed.size();
    }

    private static void assertOnlyThePoisonIsCondemned(String job, Watch watch) throws Exception {
        JsonNode end = system.awaitEnd(job, LIMIT);
        system.server().assertEveryFrameOnce(end, 1);
        watch.started();
        Map<Integer, Grant> chunks = new HashMap<>();
        watch.grants.values().stream()
                .filter(g -> g.getChunk().getJob().equals(job))
                .forEach(g ->
                        chunks.merge(g.getChunk().getIndex(), g, (a, b) -> a.getAttempt() > b.getAttempt() ? a : b));
        assertThat(chunks).hasSizeGreaterThan(2);
        chunks.forEach((index, last) -> assertThat(last.getCondemned().isEmpty())
                .as("chunk " + index + " is inferred")
                .isEqualTo(index != POISON));
        long first = chunks.get(POISON).getChunk().getFirstFrame();
        int frames = chunks.get(POISON).getChunk().getFrames();
        for (JsonNode line : system.lines(job)) {
            long frame = line.path("frame").asLong();
            boolean bad = frame >= first && frame < first + frames;
            assertThat(line.path("error").asText("")).as("frame " + frame).matches(bad ? ".*workers died.*" : "");
        }
        assertThat(failedFrames(end)).startsWith(frames + " frames");
        assertDeadLetters(job, watch, frames);
    }

    /** The job's warning about frames with an error, empty without any. */
    private static String failedFrames(JsonNode job) {
        for (JsonNode warning : job.path("warnings")) {
            if (warning.asText().contains("frame") && warning.asText().contains("error")) {
                return warning.asText();
            }
        }
        return "";
    }

    private static void assertDeadLetters(String job, Watch watch, int frames) {
        Set<String> ids = new HashSet<>();
        BooleanSupplier all = () -> {
            watch.started();
            watch.dead.stream().filter(r -> job.equals(r.key())).forEach(r -> {
                assertThat(header(r, "ce_cause")).contains("workers died");
                assertThat(header(r, "ce_source")).isEqualTo("/jobs/" + job);
                ids.add(header(r, "ce_id"));
            });
            return ids.size() == frames;
        };
        system.await("every frame of the chunk is a dead letter", LIMIT, all);
    }

    private static String header(ConsumerRecord<String, byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    /** Reads the system's topics with the login of its own processes. */
    private static final class Watch implements AutoCloseable {
        final Map<GrantRef, Grant> grants = new HashMap<>();
        final List<ConsumerRecord<String, byte[]>> dead = new ArrayList<>();
        private final KafkaConsumer<String, byte[]> consumer;

        Watch() throws IOException {
            long pid = Fq.pidsOf(system.handle(), "inference-service").getFirst();
            Map<String, String> environment = Files.readString(
                            Path.of("/proc/" + pid + "/environ"), StandardCharsets.ISO_8859_1)
                    .lines()
                    .flatMap(all -> Stream.of(all.split("\0")))
                    .map(line -> line.split("=", 2))
                    .filter(pair -> pair.length == 2)
                    .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1], (a, b) -> b));
            consumer = new KafkaConsumer<>(
                    Map.of(
                            "bootstrap.servers", environment.get("KAFKA_BOOTSTRAP_SERVERS"),
                            "security.protocol", environment.get("KAFKA_SECURITY_PROTOCOL"),
                            "sasl.mechanism", environment.get("KAFKA_SASL_MECHANISM"),
                            "sasl.jaas.config", environment.get("KAFKA_SASL_JAAS_CONFIG")),
                    new StringDeserializer(),
                    new ByteArrayDeserializer());
            List<TopicPartition> partitions = Stream.of(Topics.GRANTS, Topics.WORKERS, Topics.DEAD_LETTERS)
                    .flatMap(topic -> consumer.partitionsFor(topic).stream())
                    .map((PartitionInfo p) -> new TopicPartition(p.topic(), p.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToEnd(partitions);
            partitions.forEach(consumer::position);
        }

        /** The grants whose first frame was read since the last call. */
        List<GrantRef> started() {
            List<GrantRef> all = new ArrayList<>();
            for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(20))) {
                try {
                    switch (record.topic()) {
                        case Topics.GRANTS -> {
                            Command command = Command.parseFrom(record.value());
                            if (command.hasGrant()) {
                                Grant grant = command.getGrant();
                                grants.put(
                                        GrantRef.newBuilder()
                                                .setJob(grant.getChunk().getJob())
                                                .setChunk(grant.getChunk().getIndex())
                                                .setAttempt(grant.getAttempt())
                                                .build(),
                                        grant);
                            }
                        }
                        case Topics.WORKERS -> {
                            WorkerReport report = WorkerReport.parseFrom(record.value());
                            if (report.getKind() == WorkerReport.Kind.STARTED) {
                                all.add(report.getGrant());
                            }
                        }
                        default -> dead.add(record);
                    }
                } catch (InvalidProtocolBufferException e) {
                    throw new AssertionError(e);
                }
            }
            return all;
        }

        @Override
        public void close() {
            consumer.close();
        }
    }
}
