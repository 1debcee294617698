package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code fq up --actuator gpu-time}: jobs get their part of an inference server's compute time, embedded or a real Triton. */
@Tag("long")
@Disabled("not run to its end yet, see docs/guides/guarantees.md")
class GpuTimeST {
    enum Compute {
        EMBEDDED,
        TRITON
    }

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final long WINDOW_MS = 20_000;
    /** Of a job's part of the compute time. */
    private static final double TOLERANCE = 0.03;

    @TempDir
    Path folder;

    /** Compute time that a job has used, as its worker has just reported it. */
    private record Use(long atNs, JsonNode gpu) {
        double computeS() {
            return gpu.path("compute_seconds").asDouble();
        }

        double requests() {
            return gpu.path("requests").asDouble();
        }
    }

    /** What a job used between two reports of its worker. */
    private record Used(double wallS, double computeS, double requests) {
        static Used between(Use before, Use after) {
            return new Used(
                    (after.atNs - before.atNs) / 1e9,
                    after.computeS() - before.computeS(),
                    after.requests() - before.requests());
        }

        /** Part of the time that passed. */
        double rate() {
            return computeS / wallS;
        }
    }

    /** @param server seconds that Triton has computed of each model */
    private record Reading(Map<String, Use> jobs, Map<String, Double> server) {
        Used since(Reading before, String job) {
            return Used.between(before.jobs.get(job), jobs.get(job));
        }
    }

    @ParameterizedTest
    @EnumSource(Compute.class)
    void jobsGetTheirPartsOfASaturatedServerAndAThirdOneChangesThem(Compute compute) throws Exception {
        try (Under system = up(compute, 1000, "weighted-fair")) {
            system.weights("a=30,b=70,c=100");
            String a = system.submit("yolox_a", "a");
            String b = system.submit("yolox_b", "b");
            system.awaitShares(Map.of(a, 300, b, 700));
            system.check("30/70", Map.of(a, 0.3, b, 0.7), WINDOW_MS, Map.of(a, "yolox_a", b, "yolox_b"));

            // A third job joins and leaves again.
            String c = system.submit("yolox_c", "c");
            system.awaitShares(Map.of(a, 150, b, 350, c, 500));
            system.check("15/35/50", Map.of(a, 0.15, b, 0.35, c, 0.5), WINDOW_MS / 3, Map.of());
            system.cancel(c);
            system.awaitShares(Map.of(a, 300, b, 700));
            system.check("30/70 again", Map.of(a, 0.3, b, 0.7), WINDOW_MS / 3, Map.of());

            // Others, so that no video ends: the scheduler restarts, workers keep the division, and nobody gets more
            // for it.
            system.cancel(a);
            system.cancel(b);
            String f = system.submit("yolox_a", "a");
            String g = system.submit("yolox_b", "b");
            system.awaitShares(Map.of(f, 300, g, 700));
            Reading before = system.read(List.of(f, g));
            system.running.kill("scheduler");
            Thread.sleep(3000);
            system.awaitShares(Map.of(f, 300, g, 700));
            Reading after = system.read(List.of(f, g));
            Map.of(f, 0.3, g, 0.7).forEach((job, part) -> {
                Used used = after.since(before, job);
                System.out.printf(
                        Locale.ROOT,
                        "gpu-time %s restart of the scheduler: %.1f%% of a device in %.1f s, at most %.0f%%%n",
                        compute,
                        100 * used.rate(),
                        used.wallS,
                        100 * part);
                assertThat(used.computeS).as("over a restart of the scheduler").isLessThan(most(part, used));
            });
            system.check("30/70 after a restart", Map.of(f, 0.3, g, 0.7), WINDOW_MS / 3, Map.of());

            system.cancel(f);
            system.cancel(g);
            system.weights("a=10,b=90");
            String d = system.submit("yolox_a", "a");
            String e = system.submit("yolox_b", "b");
            system.awaitShares(Map.of(d, 100, e, 900));
            system.check("10/90", Map.of(d, 0.1, e, 0.9), WINDOW_MS, Map.of(d, "yolox_a", e, "yolox_b"));
        }
    }

    @ParameterizedTest
    @EnumSource(Compute.class)
    void aJobAloneStaysAtTheBudgetAndTakesEverythingIfItMayBorrow(Compute compute) throws Exception {
        try (Under system = up(compute, 300, "divide-and-conquer")) {
            String job = system.submit("yolox_a", "a");
            system.awaitShares(Map.of(job, 300));
            Used capped = system.use(job, WINDOW_MS);
            System.out.printf(
                    Locale.ROOT, "gpu-time %s: alone at 300m: %.1f%% of a device%n", compute, 100 * capped.rate());
            assertThat(capped.computeS).isLessThan(most(0.3, capped));
            // A machine that is busy with other things may not give even that.
            assertThat(capped.rate()).isGreaterThan(0.2);

            system.running.put(
                    "/api/v1/policy", "{\"policy\":\"divide-and-conquer\",\"actuator\":\"gpu-time-borrow\"}");
            system.running.await(
                    "borrowing",
                    LIMIT,
                    () -> system.allocation().path("actuator").asText().equals("gpu-time-borrow")
                            && system.gpu(job).path("borrowed_seconds").asDouble() > 0);
            Used borrowed = system.use(job, WINDOW_MS / 2);
            // Another one, so that the video does not end.
            system.cancel(job);

            system.running.put("/api/v1/policy", "{\"policy\":\"divide-and-conquer\",\"actuator\":\"dispatch\"}");
            String undivided = system.submit("yolox_a", "a");
            system.running.await(
                    "dispatch",
                    LIMIT,
                    () -> system.allocation().path("actuator").asText().equals("dispatch")
                            && system.frames(undivided) > 0);
            long frames = system.frames(undivided);
            long then = System.nanoTime();
            Thread.sleep(WINDOW_MS / 2);
            double free = (system.frames(undivided) - frames) / ((System.nanoTime() - then) / 1e9);
            System.out.printf(
                    Locale.ROOT,
                    "gpu-time %s: borrowing: %.1f%% of a device, %.1f frames/s; without a division %.1f frames/s%n",
                    compute,
                    100 * borrowed.rate(),
                    borrowed.requests / borrowed.wallS,
                    free);
            assertThat(borrowed.rate()).isGreaterThan(1.1 * 0.3);
        }
    }

    /** Most compute seconds of a job with a share: of the time that passed, of a full bucket (two periods of 100 ms), and two requests. */
    private static double most(double share, Used used) {
        return share * (used.wallS + 0.2) * (1 + TOLERANCE) + 2 * used.computeS / Math.max(1, used.requests);
    }

    private Under up(Compute compute, int budget, String policy) throws IOException, InterruptedException {
        assumeTrue(
                Files.exists(SharedData.VIDEO) && Files.exists(SharedData.MODEL),
                () -> "skipped: there is no " + SharedData.VIDEO + " or no " + SharedData.MODEL);
        List<String> options = new ArrayList<>(
                List.of("--workers", "3", "--actuator", "gpu-time", "--budget", "gpu=" + budget, "--policy", policy));
        TritonServer triton = null;
        if (compute == Compute.TRITON) {
            assumeTrue(
                    Files.exists(SharedData.TRITON) && Files.exists(TritonServer.PYTHON),
                    () -> "skipped: no Triton is installed by " + SharedData.TRITON);
            triton = TritonServer.start(folder, List.of("yolox_a", "yolox_b", "yolox_c"));
            options.addAll(List.of("--triton", triton.address()));
        } else {
            Path repository = YoloxRepository.make(folder.resolve("models"), SharedData.MODEL);
            for (String name : List.of("yolox_a", "yolox_b", "yolox_c")) {
                copy(repository, name);
            }
            options.addAll(List.of("--model-repository", repository.toString()));
        }
        try {
            return new Under(compute, RunningSystem.up(folder.resolve("data"), options.toArray(String[]::new)), triton);
        } catch (AssertionError | RuntimeException e) {
            if (triton != null) {
                triton.close();
            }
            throw e;
        }
    }

    /** Another name for the model, so that the server's own statistics tell jobs apart. Full pictures, so that the video lasts. */
    static void copy(Path repository, String name) throws IOException {
        Path from = repository.resolve("yolox_nano");
        Path to = repository.resolve(name);
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path copy = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else if (file.getFileName().toString().equals("config.pbtxt")) {
                    Files.writeString(
                            copy,
                            Files.readString(file).replace("\"yolox_nano\"", "\"" + name + "\"")
                                    + "\n"
                                    + "parameters { key: \"framequota.smaller_pictures\" value { string_value: \"0\" }"
                                    + " }\n");
                } else {
                    Files.copy(file, copy);
                }
            }
        }
    }

    /** A running system and the server that computes for it. */
    private record Under(Compute compute, RunningSystem running, TritonServer triton) implements AutoCloseable {
        String submit(String model, String tenant) {
            return running.server()
                    .upload(SharedData.VIDEO, model, Map.of("tenant", tenant))
                    .path("job")
                    .asText();
        }

        void weights(String weights) {
            running.put(
                    "/api/v1/policy",
                    "{\"policy\":\"weighted-fair\",\"parameters\":{\"weights\":\"" + weights + "\"}}");
        }

        void cancel(String job) {
            assertThat(Fq.run(LIMIT, "cancel", job, "--server", running.url()).code())
                    .isZero();
        }

        JsonNode allocation() {
            return running.get("/api/v1/allocation");
        }

        long frames(String id) {
            for (JsonNode job : allocation().path("jobs")) {
                if (job.path("job").asText().equals(id)) {
                    return job.path("frames").asLong();
                }
            }
            return 0;
        }

        JsonNode gpu(String id) {
            for (JsonNode job : allocation().path("jobs")) {
                if (job.path("job").asText().equals(id)) {
                    return job.path("gpu");
                }
            }
            return RunningSystem.parse("{}");
        }

        void awaitShares(Map<String, Integer> millicores) {
            running.await(
                    "the shares " + millicores,
                    LIMIT,
                    // A scheduler that has just been started does not answer yet.
                    () -> running.server().answers("/api/v1/allocation")
                            && millicores.entrySet().stream()
                                    .allMatch(e -> Math.round(gpu(e.getKey())
                                                            .path("millicores")
                                                            .asDouble())
                                                    == e.getValue()
                                            && gpu(e.getKey()).path("requests").asLong() > 3));
        }

        Reading read(List<String> jobs) {
            Map<String, Double> known = new HashMap<>();
            jobs.forEach(j -> known.put(j, gpu(j).path("requests").asDouble()));
            Map<String, Use> fresh = new HashMap<>();
            // Reports come every half second, and a window must not begin or end in between.
            running.await("fresh reports of " + jobs, LIMIT, () -> {
                for (String job : jobs) {
                    Use use = new Use(System.nanoTime(), gpu(job));
                    if (use.requests() > known.get(job)) {
                        fresh.putIfAbsent(job, use);
                    }
                }
                return fresh.size() == jobs.size();
            });
            return new Reading(fresh, triton == null ? Map.of() : triton.computeSeconds());
        }

        /** What a job uses during a window. */
        Used use(String job, long windowMs) throws InterruptedException {
            Reading before = read(List.of(job));
            Thread.sleep(windowMs);
            return read(List.of(job)).since(before, job);
        }

        void check(String what, Map<String, Double> parts, long windowMs, Map<String, String> models)
                throws InterruptedException {
            // A period passes until a new division is complete.
            Thread.sleep(500);
            Reading before = read(List.copyOf(parts.keySet()));
            Thread.sleep(windowMs);
            Reading after = read(List.copyOf(parts.keySet()));
            double total = parts.keySet().stream()
                    .mapToDouble(j -> after.since(before, j).rate())
                    .sum();
            parts.forEach((job, part) -> {
                Used used = after.since(before, job);
                System.out.printf(
                        Locale.ROOT,
                        "gpu-time %s %s: %.2f%% of the compute time in %.1f s, wanted %.0f%%, %.0f requests%n",
                        compute,
                        what,
                        100 * used.rate() / total,
                        used.wallS,
                        100 * part,
                        used.requests);
                // A request more or less is in each report.
                assertThat(used.rate() / total)
                        .as(what)
                        .isCloseTo(part, within(TOLERANCE * part + 2 * part / used.requests));
                assertThat(after.jobs.get(job).gpu.path("approximate").asBoolean())
                        .isFalse();
            });
            if (triton != null && !models.isEmpty()) {
                double sum = models.values().stream()
                        .mapToDouble(m -> after.server.get(m) - before.server.get(m))
                        .sum();
                models.forEach((job, model) -> {
                    double served = after.server.get(model) - before.server.get(model);
                    System.out.printf(
                            Locale.ROOT,
                            "gpu-time %s %s: Triton's own statistics: %.2f%% of %.2f s%n",
                            compute,
                            what,
                            100 * served / sum,
                            sum);
                    // Both models are read at once, up to half a second after one of them was reported.
                    assertThat(served / sum).isCloseTo(parts.get(job), within(TOLERANCE * parts.get(job) + 0.02));
                });
            }
        }

        @Override
        public void close() {
            try {
                running.close();
            } finally {
                if (triton != null) {
                    triton.close();
                }
            }
        }
    }
}
