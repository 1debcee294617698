package io.framequota.cli.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.framequota.cli.terminal.Terminal;
import io.framequota.common.failure.Failure;
import io.framequota.local.Installation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class RunCommandTest {
    private static final String SERVING = """
            name: serving
            cores: 2
            workload: { batch: { size: 1, count: 4 } }
            """;
    private static final String SEED = """
            name: seed
            description: the seed
            cores: 2
            workload: { batch: { sizes: [1, 1, 1, 1] } }
            policies: [fair-split, one-at-a-time]
            """;

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void anExperiment() throws IOException {
        write("seed.yaml", SEED);
    }

    @Test
    void theReportLiesInAFolderNamedAfterTheFile() throws Exception {
        assertThat(run("seed.yaml")).isZero();

        assertThat(folder.resolve("seed")).isDirectoryContaining("glob:**report.html");
        assertThat(folder.resolve("seed")).isDirectoryContaining("glob:**report.json");
        assertThat(folder.resolve("seed")).isDirectoryContaining("glob:**runs.csv");
    }

    @Test
    void aShippedExperimentIsFoundFromAnywhere() throws Exception {
        Files.createDirectories(folder.resolve("root/experiments"));
        Files.writeString(folder.resolve("root/experiments/shipped.yaml"), SEED);

        assertThat(run("experiments/shipped.yaml")).isZero();

        assertThat(folder.resolve("shipped/report.html")).isRegularFile();
    }

    @Test
    void withJsonStandardOutputIsOneObject() throws Exception {
        assertThat(run("seed.yaml", "--json", "--repeat", "2", "-o", "elsewhere"))
                .isZero();

        JsonNode json = new ObjectMapper().readTree(out.toString(StandardCharsets.UTF_8));
        assertThat(json.path("name").asText()).isEqualTo("seed");
        assertThat(json.path("policies").get(0).path("policy").asText()).isEqualTo("divide-and-conquer");
        assertThat(json.path("policies").get(1).path("mean_response_s").asDouble())
                .isEqualTo(1.25);
        assertThat(json.path("policies").get(1).path("runs")).hasSize(2);
        assertThat(folder.resolve("elsewhere/report.html")).isRegularFile();
    }

    @Test
    void aCheckThatIsMissedFailsAfterTheReportIsWritten() throws Exception {
        write("tight.yaml", SEED + "simulate: { quota: staircase }\ntolerance: 0.01\n");

        assertThatThrownBy(() -> run("tight.yaml", "--check")).isInstanceOfSatisfying(Failure.class, f -> {
            assertThat(f.exitCode()).isEqualTo(Failure.WORK_FAILED);
            assertThat(f.line()).contains("divide-and-conquer is -2.5 %");
        });
        assertThat(folder.resolve("tight/report.html")).isRegularFile();
        assertThat(run("seed.yaml", "--check")).isZero();
    }

    @Test
    void aWrongFileIsWrongUseAndLeavesNothing() throws Exception {
        write("bad.yaml", SEED + "colour: red\n");

        assertThatThrownBy(() -> run("bad.yaml")).isInstanceOfSatisfying(Failure.class, f -> {
            assertThat(f.exitCode()).isEqualTo(Failure.WRONG_USE);
            assertThat(f.line()).startsWith("bad.yaml:6: colour: there is no such field; allowed: name,");
        });
        assertThat(folder.resolve("bad")).doesNotExist();
    }

    @Test
    void aClusterThatDoesNotAnswerIsAPartThatIsMissing() throws Exception {
        write("kubeconfig", """
                apiVersion: v1
                kind: Config
                current-context: nowhere
                clusters: [{ name: c, cluster: { server: "http://127.0.0.1:1" } }]
                users: [{ name: u, user: {} }]
                contexts: [{ name: nowhere, context: { cluster: c, user: u } }]
                """);
        System.setProperty("kubeconfig", folder.resolve("kubeconfig").toString());
        try {
            assertThatThrownBy(() -> run("seed.yaml", "--on", "kubernetes"))
                    .isInstanceOfSatisfying(Failure.class, f -> {
                        assertThat(f.exitCode()).isEqualTo(Failure.PART_MISSING);
                        assertThat(f.line())
                                .contains("http://127.0.0.1:1")
                                .contains("context nowhere")
                                .hasLineCount(1);
                    });
        } finally {
            System.clearProperty("kubeconfig");
        }
        assertThat(folder.resolve("seed")).doesNotExist();
    }

    @Test
    void weightsAreNotForPods() throws Exception {
        write("weights.yaml", SEED + "actuator: weight\n");

        assertThatThrownBy(() -> run("weights.yaml", "--on", "kubernetes")).isInstanceOfSatisfying(Failure.class, f -> {
            assertThat(f.exitCode()).isEqualTo(Failure.WRONG_USE);
            assertThat(f.line()).contains("allowed with --on kubernetes: quota, dispatch");
        });
    }

    @Test
    void waysOfServingAreComputedInTheSimulatorWhereTheoryHasThem() throws Exception {
        write("daemons.yaml", SERVING + "serving: [{ name: daemons, workers: [1, 2] }]\n");
        write("spin.yaml", SERVING + "serving: [{ name: pool, quota: 500, threads: 3, spin: true }]\n");

        assertThat(run("daemons.yaml", "--check")).isZero();
        assertThat(folder.resolve("daemons/report.html")).isRegularFile();
        assertThatThrownBy(() -> run("spin.yaml")).isInstanceOfSatisfying(Failure.class, f -> {
            assertThat(f.exitCode()).isEqualTo(Failure.WRONG_USE);
            assertThat(f.line()).contains("3 spinning threads on 2 cores").contains("allowed: --on local");
        });
        assertThat(folder.resolve("spin")).doesNotExist();
    }

    @Test
    void onlyContainersAreServedInPods() throws Exception {
        write("daemons.yaml", SERVING + "serving: [{ name: daemons, workers: 1 }]\n");

        assertThatThrownBy(() -> run("daemons.yaml", "--on", "kubernetes")).isInstanceOfSatisfying(Failure.class, f -> {
            assertThat(f.exitCode()).isEqualTo(Failure.WRONG_USE);
            assertThat(f.line()).contains("allowed with --on kubernetes: containers");
        });
    }

    @ParameterizedTest
    @CsvSource({"/proc/nope", "seed.yaml/below"})
    void aFolderThatCannotBeMadeIsRefusedBeforeTheFirstRun(String there) {
        refused("-o " + folder.resolve(there), "seed.yaml", "-o", there);
        assertThat(err.toString(StandardCharsets.UTF_8)).doesNotContain("run 1");
    }

    @Test
    void whatEndedBeforeAFailureIsReported() throws Exception {
        write("half.yaml", SEED + """
                actuator: dispatch
                simulate: { chunk_s: 1 }
                sweep: { field: simulate.chunk_s, values: [0.1, 1.0e-9] }
                """);

        assertThatThrownBy(() -> run("half.yaml"))
                .isInstanceOfSatisfying(
                        Failure.class, f -> assertThat(f.exitCode()).isEqualTo(Failure.WRONG_USE));
        assertThat(Files.readString(folder.resolve("half/report.html")))
                .contains("Not complete")
                .contains("2 runs");
        assertThat(Files.readAllLines(folder.resolve("half/runs.csv"))).hasSize(3);
    }

    @Test
    void whatEndedBeforeAnInterruptIsReported() throws Exception {
        PrintStream interrupting = new PrintStream(err) {
            @Override
            public void println(String line) {
                super.println(line);
                if (line.startsWith("run 2 of")) {
                    Thread.currentThread().interrupt();
                }
            }
        };

        assertThatThrownBy(() -> run(new Terminal(new PrintStream(out), interrupting, folder, false), "seed.yaml"))
                .isInstanceOf(InterruptedException.class);

        assertThat(Files.readString(folder.resolve("seed/report.html")))
                .contains("Not complete")
                .contains("after one run");
        JsonNode json =
                new ObjectMapper().readTree(folder.resolve("seed/report.json").toFile());
        assertThat(json.path("policies")).hasSize(1);
    }

    @Test
    void anInterruptBeforeTheFirstRunHasEndedLeavesNothing() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> run("seed.yaml")).isInstanceOf(InterruptedException.class);
        assertThat(folder.resolve("seed")).doesNotExist();
    }

    @Test
    void aWorkloadCanBeCutShort() throws Exception {
        assertThat(run("seed.yaml", "--jobs", "2", "--json")).isZero();

        JsonNode json = new ObjectMapper().readTree(out.toString(StandardCharsets.UTF_8));
        assertThat(json.path("policies").get(1).path("mean_response_s").asDouble())
                .isEqualTo(0.75);
        assertThat(json.path("notices").get(0).asText()).contains("only the first 2");
        refused("--jobs 0", "seed.yaml", "--jobs", "0");
        write("videos.yaml", withVideos("sources: [sample:walkers]"));
        refused("--jobs is not for videos", "videos.yaml", "--jobs", "1");
    }

    @Test
    void thousandsOfJobsAreNotForRealCores() throws Exception {
        write("many.yaml", SEED.replace("sizes: [1, 1, 1, 1]", "size: 1, count: 10001"));

        refused("seed: workload: 10001 jobs are too many for real cores; allowed:", "many.yaml", "--on", "local");
    }

    @Test
    void otherMistakesAreWrongUse() {
        for (String[] arguments : new String[][] {
            {"seed.yaml", "--on", "moon"},
            {"seed.yaml", "--repeat", "0"},
            {"none.yaml"},
            {"seed.yaml", "-o", "seed.yaml"}
        }) {
            assertThatThrownBy(() -> run(arguments))
                    .isInstanceOfSatisfying(
                            Failure.class, f -> assertThat(f.exitCode()).isEqualTo(Failure.WRONG_USE));
        }
    }

    @Test
    void whatOnlyTheoryCanDoIsRefusedOnRealCores() throws Exception {
        write("power.yaml", SEED + "speedup: { power: 0.5 }\n");

        assertThatThrownBy(() -> run("power.yaml", "--on", "local"))
                .isInstanceOfSatisfying(
                        Failure.class, f -> assertThat(f.exitCode()).isEqualTo(Failure.WRONG_USE));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            sources: [there.mp4, no.mp4]            | x.yaml:4: workload.videos.sources[1]: there is no file no.mp4: give a video file
            sources: [.]                            | x.yaml:4: workload.videos.sources[0]: . is a folder
            sources: [sample:dancers]               | x.yaml:4: workload.videos.sources[0]: there is no sample:dancers: known samples are sample:walkers
            sources: [rtsp://a/b]                   | x.yaml:4: workload.videos.sources[0]: cannot read from rtsp://a/b
            sources: [there.mp4], model: cats       | x.yaml:4: workload.videos.model: there is no model cats: built in are people and faces
            sources: [there.mp4], model_repository: no | x.yaml:4: workload.videos.model_repository: there is no folder no
            sources: [there.mp4], model: cats, model_repository: . | x.yaml:4: workload.videos.model: there is no model cats
            """)
    void whatAnExperimentWithVideosNeedsIsLookedForBeforeAnythingStarts(String videos, String start) throws Exception {
        write("there.mp4", "not empty");
        write("x.yaml", withVideos(videos));

        refused(start, "x.yaml", "--on", "local");
        assertThat(folder.resolve("x")).doesNotExist();
        assertThat(folder.resolve("runs")).as("no system was started").doesNotExist();
    }

    @Test
    void videosTakeTheCoresThereAre() throws Exception {
        write("capped.yaml", withVideos("sources: [sample:walkers]") + "speedup: { capped: 1 }\n");
        write("many.yaml", withVideos("sources: [sample:walkers]").replace("cores: 2", "cores: 4096"));

        refused("videos: speedup: capped 1 does not apply to videos", "capped.yaml", "--on", "local");
        refused("videos: cores: 4096 are more than this machine has", "many.yaml", "--on", "local");
    }

    @Test
    void videosAreSimulatedOnlyWhereTheirSizesAreGiven() throws Exception {
        write("unknown.yaml", withVideos("sources: [sample:walkers]"));
        write("known.yaml", withVideos("sources: [no.mp4], count: 4, sizes: [1]"));

        refused(
                "videos: workload.videos: the simulator cannot know what videos cost; allowed: --on local, or",
                "unknown.yaml");
        refused("videos: workload.videos: videos do not run in burner pods", "known.yaml", "--on", "kubernetes");
        assertThat(run("known.yaml", "--json")).isZero();
        JsonNode json = new ObjectMapper().readTree(out.toString(StandardCharsets.UTF_8));
        assertThat(json.path("policies").get(0).path("actuator").asText()).isEqualTo("dispatch");
        assertThat(json.path("policies").get(0).path("mean_response_s").asDouble())
                .isEqualTo(1.25, within(0.03));
    }

    private static String withVideos(String videos) {
        return """
                name: videos
                cores: 2
                policies: [one-request-at-a-time]
                workload: { videos: { %s } }
                """.formatted(videos);
    }

    private void refused(String start, String... arguments) {
        assertThatThrownBy(() -> run(arguments)).isInstanceOfSatisfying(Failure.class, f -> {
            assertThat(f.exitCode()).isEqualTo(Failure.WRONG_USE);
            assertThat(f.line()).startsWith(start).hasLineCount(1);
        });
    }

    @Test
    void theListShowsWhatEachExperimentAsks() throws Exception {
        Files.createDirectories(folder.resolve("experiments"));
        Files.writeString(folder.resolve("experiments/seed.yaml"), SEED);
        Installation installation = new Installation(folder, folder, folder, folder);

        assertThat(new ListCommand(terminal(), installation).call()).isZero();

        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("experiments/seed.yaml")
                .contains("the seed");
    }

    private int run(String... arguments) throws Exception {
        return run(terminal(), arguments);
    }

    private int run(Terminal terminal, String... arguments) throws Exception {
        RunCommand command = new RunCommand(terminal, new Installation(folder.resolve("root"), folder, folder, folder));
        new CommandLine(command).parseArgs(arguments);
        return command.call();
    }

    private Terminal terminal() {
        return new Terminal(new PrintStream(out), new PrintStream(err), folder, false);
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }
}
