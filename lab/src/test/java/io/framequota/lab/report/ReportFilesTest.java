package io.framequota.lab.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.framequota.lab.experiment.ContenderResult;
import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.ExperimentBackend;
import io.framequota.lab.experiment.ExperimentResult;
import io.framequota.lab.experiment.ExperimentRunner;
import io.framequota.lab.experiment.Run;
import io.framequota.lab.file.ExperimentFile;
import io.framequota.lab.serving.TheoryServingRunner;
import io.framequota.lab.simulator.SimulatedYardsticks;
import io.framequota.lab.simulator.SimulatorRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportFilesTest {
    private static final String SEED = """
            name: a <b> & "c"
            cores: 2
            workload: { batch: { sizes: [1, 1, 1, 1] } }
            policies: [divide-and-conquer, { name: one-request-at-a-time, order: shortest-first }]
            """;

    @TempDir
    private Path folder;

    @Test
    void thePageNeedsNeitherNetworkNorScripts() throws Exception {
        ReportFiles.write(result(SEED), folder, ReportFilesTest::write);

        String html = Files.readString(folder.resolve("report.html"));
        assertThat(html)
                .doesNotContain("<script")
                .doesNotContain("http:")
                .doesNotContain("https:")
                .doesNotContain("url(")
                .contains("<svg", "Mean response", "Answered within", "CPU shares over time", "2.000");
    }

    @Test
    void escapesTextOfTheExperimentFile() throws Exception {
        String html = HtmlReport.of(result(SEED));

        assertThat(html).contains("a &lt;b&gt; &amp; &quot;c&quot;").doesNotContain("<b> &");
    }

    @Test
    void drawsServingModesAsBarsOrCurvesOfEachMetric() throws Exception {
        ExperimentResult modes = served("""
                workload: { kind: waiting, batch: { size: 1, count: 10 } }
                serving: [sequential, virtual-threads]
                sweep: { field: workload.kind, values: [waiting, computing] }
                """);
        ReportFiles.write(modes, folder, ReportFilesTest::write);

        String bars = Files.readString(folder.resolve("report.html"));
        assertThat(bars).contains("<h3>waiting</h3>", "<h3>computing</h3>", "From a request's start to its end");
        assertThat(Files.readAllLines(folder.resolve("runs.csv")).get(1))
                .startsWith("sequential,,waiting,none,1,1,5.500000,5.500000");
        JsonNode json =
                new ObjectMapper().readTree(folder.resolve("report.json").toFile());
        JsonNode makespan = json.path("policies").get(1).path("measures").path("makespan_s");
        assertThat(makespan.path("measured").asDouble()).isEqualTo(1);
        assertThat(makespan.path("predicted").asDouble()).isEqualTo(1);

        String curves = HtmlReport.of(served("""
                workload: { batch: { size: 1, count: 8 } }
                serving: [{ name: daemons, workers: 1 }]
                sweep: { field: serving.workers, values: [1, 2, 4] }
                """));
        // One curve, whatever the swept field's value, and what theory says of it, in each of four pictures.
        assertThat(curves.split("curve c0", -1)).hasSize(1 + 4);
        assertThat(curves.split("curve theory c0", -1)).hasSize(1 + 4);
        assertThat(curves).doesNotContain("NaN");
    }

    private ExperimentResult served(String text) throws Exception {
        Path file = folder.resolve("served.yaml");
        Files.writeString(file, "name: served\ncores: 2\n" + text);
        List<Experiment> variants = new ExperimentFile(file, "served.yaml").read();
        try (TheoryServingRunner server = new TheoryServingRunner()) {
            return new ExperimentResult(
                    variants.getFirst(),
                    ExperimentBackend.SIMULATOR,
                    new ExperimentRunner(server, progress -> {}).run(variants, 1),
                    List.of(),
                    Map.of(),
                    Instant.EPOCH);
        }
    }

    @Test
    void everyChartIsWellFormedXml() throws Exception {
        String html = HtmlReport.of(result(SEED + "simulate: { quota: staircase }\n"));

        List<String> pictures = java.util.regex.Pattern.compile("<svg.*?</svg>")
                .matcher(html)
                .results()
                .map(m -> m.group())
                .toList();
        assertThat(pictures).hasSizeGreaterThanOrEqualTo(5);
        for (String picture : pictures) {
            assertThat(picture).doesNotContain("NaN").doesNotContain("Infinity");
            DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new java.io.ByteArrayInputStream(picture.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        }
    }

    @Test
    void reportJsonHasTheDocumentedFields() throws Exception {
        ReportFiles.write(result(SEED), folder, ReportFilesTest::write);

        JsonNode json =
                new ObjectMapper().readTree(folder.resolve("report.json").toFile());
        assertThat(json.path("on").asText()).isEqualTo("simulator");
        assertThat(json.path("seed").asLong()).isEqualTo(1);
        assertThat(json.path("scale").asDouble()).isEqualTo(1);
        JsonNode policy = json.path("policies").get(1);
        assertThat(policy.path("policy").asText()).isEqualTo("one-request-at-a-time");
        assertThat(policy.path("parameters").path("order").asText()).isEqualTo("shortest-first");
        assertThat(policy.path("actuator").asText()).isEqualTo("quota");
        assertThat(policy.path("mean_response_s").asDouble()).isEqualTo(1.25);
        assertThat(policy.path("predicted_mean_s").asDouble()).isEqualTo(1.25);
        for (String field : List.of("p50_s", "p99_s", "max_s", "mean_slowdown", "makespan_s", "throttled_s")) {
            assertThat(policy.path(field).isNumber()).as(field).isTrue();
        }
        assertThat(policy.path("runs")).hasSize(2);
        assertThat(policy.path("runs").get(0).path("jobs")).hasSize(4);
    }

    @Test
    void runsCsvHasALineForEachRun() throws Exception {
        ReportFiles.write(result(SEED), folder, ReportFilesTest::write);

        List<String> lines = Files.readAllLines(folder.resolve("runs.csv"));
        assertThat(lines).hasSize(1 + 2 * 2);
        assertThat(lines.get(3)).startsWith("one-request-at-a-time,order=shortest-first,,quota,1,1,1.250000,1.250000");
    }

    @Test
    void drawsOneCurvePerPolicyOfASweep() throws Exception {
        String html = HtmlReport.of(
                result(SEED + "speedup: { amdahl: 0.5 }\nsweep: { field: speedup.amdahl, values: [0.5, 0.8, 1] }\n"));

        assertThat(html).contains("Mean response over speedup.amdahl", "class=\"curve c0\"", "class=\"curve yard\"");
    }

    @Test
    void marksResultsBeyondTheTolerance() throws Exception {
        ExperimentResult close = result(SEED + "simulate: { quota: staircase }\n");
        ExperimentResult far = result(SEED + "simulate: { quota: staircase }\ntolerance: 0.01\n");

        assertThat(close.withinTolerance()).isTrue();
        assertThat(far.withinTolerance()).isFalse();
        assertThat(HtmlReport.of(far)).contains("class=\"expected missed\"");
    }

    @Test
    void showsResultsByLabelAndActuator() throws Exception {
        String html = HtmlReport.of(result("""
                name: tenants
                cores: 2
                actuator: [quota, weight]
                workload:
                  batch: [{ size: 1, count: 2, labels: { tenant: a } }, { size: 2, count: 1, labels: { tenant: b } }]
                policies: [divide-and-conquer]
                """));

        assertThat(html)
                .contains("Mean response, quota", "Mean response, weight", "<th>tenant a</th><th>tenant b</th>")
                .contains("divide-and-conquer · weight");
    }

    @Test
    void showsForecastsAndRefusals() throws Exception {
        String html = HtmlReport.of(result("""
                name: forecasts
                cores: 2
                actuator: dispatch
                workload:
                  batch: [{ size: 1, count: 3, labels: { deadline: 9 } }, { size: 1, count: 1, labels: { deadline: 0.1 } }]
                policies: [edf]
                """));

        assertThat(html)
                .contains("Forecast and measured response", "<th>median error</th>", "forecast in seconds; up")
                .contains("<th>refused</th>");
    }

    @Test
    void showsWhetherReplaysOrderThePoliciesAsMeasured() throws Exception {
        ExperimentResult measured = result(SEED.replace(", order: shortest-first", ""));
        List<ContenderResult> replayed = measured.policies().stream()
                .map(p -> new ContenderResult(
                        p.variant(),
                        p.policy(),
                        p.actuator(),
                        p.runs().stream().map(ReportFilesTest::replayed).toList(),
                        p.yardstick()))
                .toList();
        ExperimentResult result = new ExperimentResult(
                measured.experiment(), measured.on(), replayed, List.of(), Map.of(), Instant.EPOCH);

        assertThat(HtmlReport.of(result))
                .contains("Replayed and measured order", "<h3>Runs under divide-and-conquer: right in 2 of 2</h3>")
                .contains("one-request-at-a-time 1.250, divide-and-conquer 2.000");
        assertThat(JsonReport.of(result).path("replay_ranking")).hasSize(2);
    }

    private static Run replayed(Run run) {
        return new Run(
                run.seed(),
                run.summary(),
                run.refused(),
                run.jobs(),
                run.responses(),
                run.changes(),
                run.throttledS(),
                run.cpuS(),
                run.otherCores(),
                run.predictedMeanS(),
                run.handoverMs(),
                run.measures(),
                Map.of("divide-and-conquer", 2.1, "one-request-at-a-time", 1.3));
    }

    @Test
    void addsRunsOneByOneInTheFormatOfTheWholeFile() throws Exception {
        ExperimentResult result = result(SEED + "simulate: { quota: staircase }\n");
        Files.writeString(folder.resolve("runs.csv"), "of an earlier experiment\n");
        RunsCsv file = new RunsCsv(folder);
        for (ContenderResult policy : result.policies()) {
            for (int i = 0; i < policy.runs().size(); i++) {
                file.add(
                        new ContenderResult(
                                policy.variant(),
                                policy.policy(),
                                policy.actuator(),
                                List.of(policy.runs().get(i)),
                                policy.yardstick()),
                        i);
            }
        }

        assertThat(Files.readString(folder.resolve("runs.csv"))).isEqualTo(RunsCsv.of(result));
    }

    @Test
    void saysWhoWonAndWhomItDidNotCompare() throws Exception {
        assertThat(HtmlReport.of(result(SEED)))
                .contains(
                        "one-request-at-a-time (order shortest-first) has the lowest mean response, 1.250 s: 38 % less than"
                                + " divide-and-conquer.")
                .contains("\"off by\" tests the simulator, and no machine".replace("\"", "&quot;"));
        assertThat(HtmlReport.of(result("""
                name: refusals
                cores: 2
                actuator: dispatch
                workload:
                  batch: [{ size: 1, count: 3, labels: { deadline: 9 } }, { size: 1, count: 1, labels: { deadline: 0.1 } }]
                policies: [edf, divide-and-conquer, one-request-at-a-time]
                """)))
                .contains("Not compared, because means leave out refused requests: edf refused 1.");
    }

    @Test
    void everyCurveHasAStyleOfItsOwn() throws Exception {
        String css = HtmlReport.of(result(SEED));
        assertThat(IntStream.range(0, SvgBuilder.COLOURS).mapToObj(i -> ".c" + i + " {"))
                .allMatch(css::contains);
        assertThat(IntStream.range(0, SvgBuilder.COLOURS)
                        .mapToObj(i -> css.substring(css.indexOf(".c" + i + " {") + 3 + ("" + i).length())
                                .lines()
                                .findFirst()
                                .orElse("")
                                .replaceFirst("} i[.]k.*", "")))
                .doesNotHaveDuplicates();
    }

    @Test
    void sweptNumbersAreWhereTheyBelongAndOtherValuesEvenlySpaced() {
        List<String> numbers = List.of("0.5", "0.8", "1");
        assertThat(SweepChart.place(numbers, 1)).isCloseTo(0.6, within(1e-9));
        List<String> doubled = List.of("1", "4", "16");
        assertThat(SweepChart.place(doubled, 1)).isCloseTo(0.5, within(1e-9));
        assertThat(SweepChart.place(List.of("waiting", "mixed", "computing"), 1))
                .isEqualTo(0.5);
        assertThat(SweepChart.place(List.of("7"), 0)).isEqualTo(0.5);
    }

    @Test
    void anOutlierDoesNotSqueezeTheAxis() {
        assertThat(AxisLimit.of(new double[] {1, 1.2, 2, 40})).isEqualTo(2.5);
        assertThat(AxisLimit.of(new double[] {1, 1.2, 2, 5})).isEqualTo(5);
        assertThat(AxisLimit.of(new double[] {1, 40}))
                .as("of two values neither is the usual one")
                .isEqualTo(1.25);
        assertThat(AxisLimit.of(new double[] {0, 0})).isZero();
    }

    @Test
    void theIntervalOfRunsIsStudents() {
        Interval interval = Interval.of(List.of(1.0, 2.0, 3.0)).orElseThrow();
        assertThat(interval.mean()).isEqualTo(2);
        assertThat(interval.half()).isCloseTo(4.303 / Math.sqrt(3), within(1e-3));
        assertThat(Interval.of(List.of(1.0, 2.0))).isEmpty();
        assertThat(Interval.of(List.of(2.0, 2.0, 2.0))).isEmpty();
    }

    private ExperimentResult result(String text) throws Exception {
        Path file = folder.resolve("x.yaml");
        Files.writeString(file, text);
        List<Experiment> variants = new ExperimentFile(file, "x.yaml").read();
        try (SimulatorRunner runner = new SimulatorRunner()) {
            return new ExperimentResult(
                    variants.getFirst(),
                    ExperimentBackend.SIMULATOR,
                    new ExperimentRunner(runner, new SimulatedYardsticks(), progress -> {}).run(variants, 2),
                    List.of(),
                    Map.of("system", "a test"),
                    Instant.EPOCH);
        }
    }

    private static void write(Path file, String text) throws IOException {
        Files.writeString(file, text);
    }
}
