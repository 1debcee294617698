package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Videos of different lengths submitted together: when each will end is said before, and is held against what happens. */
@Tag("long")
class ForecastST {
    private static final Duration LIMIT = Duration.ofMinutes(4);
    /** Every so many frames of 120: lengths of 40, 20, 120 and 60 frames. */
    private static final List<Integer> EVERY = List.of(3, 6, 1, 2);

    private static final double FACTOR = 3;
    private static final double SLACK_S = 5;

    @TempDir
    Path data;

    @Test
    void jobsEndAsForecastAndADryRunTellsWhatCannotEndInTime() throws IOException {
        // Small chunks: whom the policy prefers goes first soon.
        try (RunningSystem system =
                RunningSystem.up(data, Map.of("FRAMEQUOTA_CHUNK_FRAMES", "8"), "--policy", "one-request-at-a-time")) {
            // What a frame costs is measured on a first job.
            system.awaitEnd(submit(system, 2), LIMIT);

            firstForecastsHold(system);
            latestForecastsTellTheOrder(system);

            JsonNode accuracy = Server.parse(fq(system, "policies", "--accuracy", "--json"));
            long forecast =
                    system.get("/api/v1/jobs").findValues("forecast_error").size();
            assertThat(accuracy.path("jobs").asLong()).isEqualTo(forecast).isGreaterThanOrEqualTo(EVERY.size() + 2L);
            assertThat(accuracy.path("policies").findValuesAsText("policy"))
                    .containsExactly("one-request-at-a-time", "srpt");
            assertThat(accuracy.path("policies").path(0).path("correlation").asDouble())
                    .as(accuracy.toString())
                    .isGreaterThan(0.5);
            assertThat(accuracy.path("median_error").isNumber()).isTrue();
        }
    }

    /** In order of arrival nobody who comes later is in the way: the first forecast of each is the one that counts. */
    private void firstForecastsHold(RunningSystem system) throws IOException {
        List<String> jobs = submitAll(system);
        List<JsonNode> forecast = new ArrayList<>();
        for (String job : jobs) {
            JsonNode seen = system.awaitJob(
                    job, "is forecast", LIMIT, j -> j.path("forecast_s").isNumber());
            assertThat(seen.path("chunks_committed").asInt())
                    .as("forecast before it has begun: " + seen)
                    .isZero();
            forecast.add(seen);
        }
        dryRunsSayWhatFits(system);

        Map<String, JsonNode> ended = awaitAll(system, jobs);

        assertThat(byTime(jobs, j -> submitted(ended.get(j)) + seconds(ended.get(j), "forecast_s")))
                .as("order of first forecasts")
                .isEqualTo(byEnd(jobs, ended))
                .isEqualTo(jobs);
        for (JsonNode before : forecast) {
            JsonNode end = ended.get(before.path("job").asText());
            double forecastS = seconds(end, "forecast_s");
            double response = seconds(end, "response_s");
            System.out.printf("forecast %.2f s, response %.2f s%n", forecastS, response);
            assertThat(forecastS).as("the first one is kept").isEqualTo(seconds(before, "forecast_s"));
            assertThat(forecastS)
                    .isBetween(seconds(end, "forecast_p10_s"), seconds(end, "forecast_p90_s"))
                    .isBetween(response / FACTOR - SLACK_S, response * FACTOR + SLACK_S);
        }
    }

    /** Shortest first, later ones overtake: what counts is what is forecast once all are there. */
    private void latestForecastsTellTheOrder(RunningSystem system) {
        system.put("/api/v1/policy", "{\"policy\":\"srpt\"}");
        // The longest comes first, and ends last.
        List<String> jobs =
                Stream.of(1, 2, 3).map(every -> submit(system, every)).toList();
        Map<String, JsonNode> before = new HashMap<>();
        system.server().await("forecasts follow the lengths", LIMIT, () -> {
            jobs.forEach(j -> before.put(j, system.job(j)));
            return before.values().stream()
                            .allMatch(j -> j.path("forecast_latest_s").isNumber())
                    && byTime(jobs, j -> submitted(before.get(j)) + seconds(before.get(j), "forecast_latest_s"))
                            .equals(jobs.reversed());
        });

        Map<String, JsonNode> ended = awaitAll(system, jobs);

        assertThat(byEnd(jobs, ended)).as("order of ends").isEqualTo(jobs.reversed());
    }

    private void dryRunsSayWhatFits(RunningSystem system) throws IOException {
        int jobs = system.get("/api/v1/jobs").size();
        Path video;
        try (Stream<Path> files = Files.walk(data)) {
            video = files.filter(f -> f.toString().endsWith(".mp4")).findFirst().orElseThrow();
        }
        for (String source : List.of("sample:walkers", video.toString())) {
            JsonNode late = Server.parse(fq(system, "submit", source, "--dry-run", "--deadline", "100ms", "--json"));
            JsonNode inTime = Server.parse(fq(system, "submit", source, "--dry-run", "--deadline", "1h", "--json"));

            assertThat(late.path("fits").asBoolean()).as(late.toString()).isFalse();
            assertThat(late.path("reason").asText()).contains("later than 0.1 s");
            assertThat(inTime.path("fits").asBoolean()).as(inTime.toString()).isTrue();
            assertThat(seconds(inTime, "forecast_s")).isGreaterThan(0.1);
        }
        assertThat(system.get("/api/v1/jobs").size())
                .as("nothing was submitted")
                .isEqualTo(jobs);
    }

    private static String fq(RunningSystem system, String... arguments) {
        String[] all = Stream.concat(Stream.of(arguments), Stream.of("--server", system.url()))
                .toArray(String[]::new);
        Fq.Ended ended = Fq.run(Duration.ofMinutes(1), all);
        assertThat(ended.code()).as(ended.err()).isZero();
        return ended.out();
    }

    private static List<String> submitAll(RunningSystem system) {
        return EVERY.stream().map(every -> submit(system, every)).toList();
    }

    private static String submit(RunningSystem system, int every) {
        return system.submit("sample:walkers", "people", every).path("job").asText();
    }

    private static Map<String, JsonNode> awaitAll(RunningSystem system, List<String> jobs) {
        Map<String, JsonNode> ended = new HashMap<>();
        for (String job : jobs) {
            JsonNode end = system.awaitEnd(job, LIMIT);
            assertThat(end.path("state").asText()).as(end.toString()).isEqualTo("SUCCEEDED");
            ended.put(job, end);
        }
        return ended;
    }

    private static List<String> byEnd(List<String> jobs, Map<String, JsonNode> ended) {
        return byTime(jobs, j -> time(ended.get(j), "ended_at"));
    }

    private static List<String> byTime(List<String> jobs, java.util.function.ToDoubleFunction<String> time) {
        return jobs.stream().sorted(Comparator.comparingDouble(time)).toList();
    }

    private static double submitted(JsonNode job) {
        return time(job, "submitted_at");
    }

    private static double time(JsonNode job, String field) {
        return Instant.parse(job.path(field).asText()).toEpochMilli() / 1000.0;
    }

    private static double seconds(JsonNode json, String field) {
        assertThat(json.path(field).isNumber()).as(field + " in " + json).isTrue();
        return json.path(field).asDouble();
    }
}
