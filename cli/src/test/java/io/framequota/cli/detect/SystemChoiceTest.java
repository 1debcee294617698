package io.framequota.cli.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.framequota.cli.FqTestBase;
import io.framequota.cli.StubServer;
import io.framequota.local.DataFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When fq detect uses the system of fq up, which a test plays by its data folder and a server. */
class SystemChoiceTest extends FqTestBase {
    private static final String LINES = "{\"frame\":0,\"pts_ms\":0.0,\"detections\":[]}\n";
    private static final String JOB = "{\"job\":\"j1\",\"state\":\"SUCCEEDED\",\"model\":\"people\",\"frames\":1,"
            + "\"detections\":0,\"seconds\":1.5,\"fps\":0.7,\"warnings\":[]}";
    private static final String SETTINGS = "{\"workers\":2,\"budget\":2000,\"actuator\":\"dispatch\",\"models\":null,"
            + "\"triton\":null,\"jpegQuality\":null}";

    @Test
    void aRunningSystemDoesTheWorkAndKeepsTheJob() throws IOException {
        try (StubServer server = server();
                DataFolder up = up(server, true, SETTINGS)) {
            String command =
                    "detect sample:walkers -o out.jsonl.gz --annotate out.mp4 --json --workers 2 --policy auto";
            assertThat(run(command.split(" "))).as(err()).isZero();
            assertThat(out())
                    .startsWith("{\"job\":\"j1\"")
                    .contains("\"output\":\"out.jsonl.gz\",\"video\":\"out.mp4\"");
            assertThat(err()).startsWith("fq: using the system that fq up runs at " + server.url() + " (--private");
            assertThat(folder.resolve("out.mp4")).hasContent("video");
            try (var in = new GZIPInputStream(Files.newInputStream(folder.resolve("out.jsonl.gz")))) {
                assertThat(in.readAllBytes()).asString().isEqualTo(LINES);
            }
            assertThat(up.path().resolve("system.json")).exists();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--workers 3, it was started with --workers 2",
        "--budget 1000, it was started with --budget 2000",
        "--actuator weight, it was started with --actuator dispatch",
        "--model-repository ., it was started without --model-repository",
        "--jpeg-quality 90, it was started without --jpeg-quality",
        "--policy gang, its policy is auto",
        "--model faces, it has no model faces"
    })
    void aSystemThatDiffersFromTheOptionsIsNotUsed(String options, String reason) throws IOException {
        try (StubServer server = server();
                DataFolder up = up(server, true, SETTINGS)) {
            assertThat(run(("detect sample:walkers " + options).split(" ")))
                    .as("nothing is built here")
                    .isEqualTo(3);
            assertThat(err())
                    .startsWith("fq: starting a private system, not using the one of fq up at " + server.url() + ": "
                            + reason + "\n");
            assertThat(server.requests).noneMatch(r -> r.line().startsWith("POST"));
            assertThat(up.path()).exists();
        }
    }

    @Test
    void aSystemThatStartsOrDoesNotAnswerOrIsOfAnEarlierReleaseIsNotUsed() throws IOException {
        try (StubServer server = server();
                StubServer empty = new StubServer()) {
            assertThat(refusal(server, false, SETTINGS)).contains("it is still starting");
            assertThat(refusal(server, true, "null")).contains("it was started by an earlier release");
            assertThat(refusal(empty, true, SETTINGS)).contains("it does not answer");
        }
    }

    @Test
    void noSystemIsLookedForWithPrivateOrWhereNoneRuns() throws IOException {
        try (StubServer server = server()) {
            try (DataFolder up = up(server, true, SETTINGS)) {
                assertThat(run("detect", "sample:walkers", "--private")).isEqualTo(3);
                assertThat(up.path()).exists();
            }
            // The folder of a system that was killed: nobody holds it.
            assertThat(run("detect", "sample:walkers")).isEqualTo(3);
            assertThat(err()).doesNotContain("fq up");
            assertThat(server.requests).isEmpty();
        }
    }

    @Test
    void whatIsWrongAnywayIsSaidInOneLine() throws IOException {
        try (StubServer server = server();
                DataFolder up = up(server, true, SETTINGS)) {
            assertThat(run("detect", "sample:walkers", "--model", "none")).isEqualTo(2);
            assertThat(err().lines()).singleElement().asString().contains("there is no model none");
            assertThat(up.path()).exists();
        }
    }

    @Test
    void anInterruptedRunIsContinuedOnTheSystemThatHasItsJobs() throws IOException {
        Path data = folder.resolve("state/up");
        Files.createDirectories(data);
        new ResumeNote(data.toString(), "people", 1, List.of(new ResumeNote.Entry("sample:walkers", "j1", "")))
                .write(folder.resolve("out.jsonl.resume"));
        String[] resume = {"detect", "sample:walkers", "-o", "out.jsonl", "--resume"};
        assertThat(run(resume)).as(err()).isEqualTo(3);
        assertThat(err()).contains("fq up, which has the jobs of the interrupted run, is not running");
        try (StubServer server = server().on("GET /api/v1/jobs/j1", 200, JOB.replace("SUCCEEDED", "CANCELLED"))
                        .on("POST /api/v1/jobs/j1/redrive", 202, JOB.replace("SUCCEEDED", "QUEUED"));
                DataFolder up = up(server, true, SETTINGS)) {
            server.effect("POST /api/v1/jobs/j1/redrive", () -> server.on("GET /api/v1/jobs/j1", 200, JOB));

            assertThat(run(resume)).as(err()).isZero();

            assertThat(server.requests)
                    .filteredOn(r -> r.line().startsWith("POST"))
                    .singleElement()
                    .satisfies(r -> assertThat(r.line()).endsWith("redrive"));
            assertThat(folder.resolve("out.jsonl")).hasContent(LINES.strip());
            assertThat(folder.resolve("out.jsonl.resume")).doesNotExist();
            assertThat(up.path()).exists();
        }
    }

    @Test
    void anotherUsersSystemIsNotUsed() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root gives files away");
        try (StubServer server = server();
                DataFolder up = up(server, true, SETTINGS)) {
            Path state = up.path().resolve("system.json");
            Files.setAttribute(state, "unix:uid", 65534);
            assertThat(run("detect", "sample:walkers")).isEqualTo(3);
            assertThat(err()).doesNotContain("fq up");
            assertThat(server.requests).isEmpty();
        }
    }

    @Test
    void submitSaysWhichSystemItUses() throws IOException {
        try (StubServer server = server();
                DataFolder up = up(server, true, SETTINGS)) {
            assertThat(run("submit", "sample:walkers")).isZero();
            assertThat(out()).isEqualTo("j1\n");
            assertThat(err()).isEqualTo("fq: using the system that fq up runs at " + server.url() + "\n");
            err.reset();
            assertThat(run(server, "submit sample:walkers")).isZero();
            assertThat(err()).as("a server that the user has named").isEmpty();
            assertThat(up.path()).exists();
        }
    }

    private String refusal(StubServer server, boolean ready, String settings) throws IOException {
        try (DataFolder up = up(server, ready, settings)) {
            err.reset();
            assertThat(run("detect", "sample:walkers")).isEqualTo(3);
            assertThat(up.path()).exists();
            return err();
        }
    }

    private static StubServer server() throws IOException {
        return new StubServer()
                .on("GET /api/v1/policy", 200, "{\"policy\":\"auto\",\"parameters\":{}}")
                .on(
                        "GET /api/v1/models",
                        200,
                        "[{\"name\":\"people\"},{\"name\":\"faces\",\"reason\":\"it does not load\"}]")
                .on("POST /api/v1/jobs", 202, "{\"job\":\"j1\",\"state\":\"QUEUED\"}")
                .on("GET /api/v1/jobs/j1", 200, JOB)
                .on("GET /api/v1/jobs/j1/detections", 200, StubServer.gzip(LINES))
                .on("GET /api/v1/jobs/j1/video", 200, "video");
    }

    private DataFolder up(StubServer server, boolean ready, String settings) throws IOException {
        DataFolder held = DataFolder.take(folder.resolve("state/up"));
        Files.writeString(
                held.path().resolve("system.json"),
                "{\"pid\":1,\"url\":\"%s\",\"ready\":%b,\"processes\":[],\"settings\":%s}"
                        .formatted(server.url(), ready, settings));
        return held;
    }
}
