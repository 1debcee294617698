package io.framequota.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.framequota.cli.terminal.Terminal;
import io.framequota.local.Installation;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class FqMainTest extends FqTestBase {
    private static final String JOB = "{\"job\":\"j1\",\"source\":\"a.mp4\",\"model\":\"people\",\"state\":\"%s\","
            + "\"frames\":12,\"frames_done\":20,\"expected_frames\":40,\"detections\":3,\"warnings\":[]}";

    @Test
    void anOutOfMemoryErrorIsReportedInOneLine() {
        Terminal terminal = new Terminal(new PrintStream(out), new PrintStream(err), folder, false);

        assertThat(FqMain.execute(new CommandLine(new TooLarge()), terminal)).isEqualTo(1);
        assertThat(err()).startsWith("fq: out of memory").hasLineCount(1);
    }

    @CommandLine.Command(name = "large")
    private static final class TooLarge implements Callable<Integer> {
        @Override
        public Integer call() {
            throw new OutOfMemoryError("Java heap space");
        }
    }

    @Test
    void theHelpOfEveryCommandHasAnExample() {
        theHelpOfEveryCommandHasAnExample(line(Map.of()));
    }

    private static void theHelpOfEveryCommandHasAnExample(CommandLine line) {
        for (CommandLine command : line.getSubcommands().values()) {
            if (!command.getCommandName().equals("help")) {
                String help = command.getUsageMessage();
                assertThat(help).contains("Examples:").contains("--help");
            }
            theHelpOfEveryCommandHasAnExample(command);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "detect missing.mp4, there is no file missing.mp4",
        "detect empty.mp4, empty.mp4 is empty",
        "detect full.mp4 --annotate out.jpg, full.mp4 is not one picture",
        "detect /dev/null, /dev/null is empty",
        "detect http://127.0.0.1:1/a.mp4, nobody answers at http://127.0.0.1:1/a.mp4",
        "detect ., is a folder",
        "detect sample:cats, there is no sample:cats",
        "detect ftp://host/a.mp4, cannot read from ftp://host/a.mp4",
        "detect, Missing required parameter",
        "detect sample:walkers --model nope, there is no model nope",
        "detect sample:walkers --policy nope, --policy: no policy 'nope'; there are one-core-per-request",
        "detect sample:walkers --policy hesrpt, which only experiments can run (fq experiment run --on simulator); may"
                + " be chosen: one-core-per-request",
        "detect sample:walkers --workers 0, --workers 0",
        "detect sample:walkers --workers x, Invalid value",
        "detect sample:walkers --every 0, --every 0",
        "detect sample:walkers --budget 1, --budget 1",
        "detect sample:walkers --model-repository nope, no such folder",
        "detect sample:walkers --triton nope, give HOST:PORT",
        "detect sample:walkers -o empty.mp4/x.gz, cannot write in",
        "detect sample:walkers sample:walkers -o empty.mp4, several sources need a folder",
        "detect sample:walkers --stream -1, --stream -1",
        "detect sample:walkers --transport packets --jpeg-quality 90, --transport packets and --jpeg-quality exclude",
        "detect sample:walkers --resume -o -, --resume requires a result file",
        "detect sample:walkers -o - --json, only one of -o -",
        "detect sample:walkers --model x --model-repository models, and",
        "detect sample:walkers --model bare --model-repository models, has no config.pbtxt",
        "detect sample:walkers --model a/b --model-repository models, there is no model a/b",
        "detect sample:walkers --workers 257, give a number from 1 to 256",
        "up --port 0, --port 0",
        "up --policy nope, --policy: no policy 'nope'",
        "up --policy concave-optimum, --policy: 'concave-optimum' is a yardstick",
        "up --jpeg-quality 101, --jpeg-quality 101: give 1 to 100",
        "up --actuator nope, --actuator nope: give dispatch",
        "up --budget gpu=500, a gpu budget needs --actuator gpu-time",
        "up --budget mem=500, give millicores",
        "up --budget cpu=5, give millicores",
        "up --actuator quota --triton 127.0.0.1:1, workers share the server of --triton",
        "serve --port 99999, --port 99999",
        "logs, there are no logs",
        "model prepare nope.onnx x, there is no file nope.onnx",
        "model add nope.onnx, there is no file nope.onnx",
        "model add yolox_nano --sha256 12, give 64 hexadecimal digits",
        "model add empty.mp4 --name a/b, cannot be a model's name",
        "model add empty.mp4 --labels nope, --labels nope: there is no such file",
        "model describe nope, there is no model nope",
        "model remove nope, there is no model nope",
        "model remove bare --repository models/.., there is no model bare",
        "model benchmark nope, there is no model nope",
        "model benchmark nope --batch 0, --batch 0: give numbers",
        "model prepare empty.mp4 x --batch 0, --batch 0: give a number from 1 to 128",
        "detect sample:walkers --model yolox_nano, to add it type: fq model add yolox_nano",
        "submit --idempotency-key k a b, give one SOURCE",
        "jobs --server nonsense, not the URL of a server",
        "nonsense, Unmatched argument"
    })
    void wrongUseIsReportedInALineOrTwo(String command, String words) throws IOException {
        Files.createFile(folder.resolve("empty.mp4"));
        Files.writeString(folder.resolve("full.mp4"), "x");
        Files.createDirectories(folder.resolve("models/bare"));
        built();

        assertThat(run(command.split(" "))).isEqualTo(2);

        assertThat(err()).contains(words).doesNotContain("Exception").doesNotContain("\tat ");
        assertThat(err().lines()).hasSizeLessThanOrEqualTo(2);
        assertThat(out()).isEmpty();
        assertThat(folder.resolve("state")).doesNotExist();
    }

    /** What must be there before a wrong use of it is looked for. */
    private void built() throws IOException {
        Path jar = folder.resolve(Installation.serverJar());
        Files.createDirectories(jar.getParent());
        Files.createFile(jar);
    }

    @Test
    void anAddressWithNothingIsRefusedBeforeASystemIsStarted() throws IOException {
        try (StubServer server = new StubServer()) {
            assertThat(run("detect", server.url() + "/a.mp4")).isEqualTo(2);
            assertThat(err())
                    .startsWith("fq: there is nothing at " + server.url())
                    .hasLineCount(1);
            assertThat(folder.resolve("state")).doesNotExist();
        }
    }

    @Test
    void fqAlonePrintsItsHelp() {
        assertThat(run()).isZero();
        assertThat(out()).startsWith("Usage: fq").contains("detect", "Examples:");
    }

    @Test
    void theMissingPartOfTheBuildIsNamed() {
        assertThat(run("serve")).isEqualTo(3);
        assertThat(err()).contains("inference-server.jar is missing").hasLineCount(1);
        err.reset();
        assertThat(run("detect", "sample:walkers", "--triton", "127.0.0.1:1")).isEqualTo(3);
        assertThat(err()).isEqualTo("fq: no inference server answers at 127.0.0.1:1: start it, or omit --triton\n");
    }

    @Test
    void aServerThatDoesNotAnswerIsReportedInOneLine() {
        assertThat(run(Map.of("FQ_SERVER", "http://127.0.0.1:1"), "jobs")).isEqualTo(1);
        assertThat(err()).contains("no server answers at http://127.0.0.1:1").hasLineCount(1);
    }

    @Test
    void aFileIsUploadedAndTheIdOfItsJobIsPrinted() throws IOException {
        Files.writeString(folder.resolve("a.mp4"), "pixels");
        try (StubServer server = new StubServer().on("POST /api/v1/jobs", 202, JOB.formatted("QUEUED"))) {
            int code = run(
                    "submit",
                    "a.mp4",
                    "--model",
                    "faces",
                    "--label",
                    "camera=north",
                    "--idempotency-key",
                    "k1",
                    "--server",
                    server.url());

            assertThat(code).as(err()).isZero();
            assertThat(out()).isEqualTo("j1\n");
            StubServer.Request request = server.requests.getFirst();
            assertThat(request.headers().get("Idempotency-key")).containsExactly("k1");
            assertThat(request.headers().get("Content-type").getFirst()).startsWith("multipart/form-data; boundary=");
            assertThat(request.body())
                    .contains("name=\"model\"\r\n\r\nfaces\r\n")
                    .contains("name=\"every\"\r\n\r\n1\r\n")
                    .contains("name=\"label\"\r\n\r\ncamera=north\r\n")
                    .contains("name=\"file\"; filename=\"a.mp4\"")
                    .contains("\r\n\r\npixels\r\n--");
        }
    }

    @Test
    void aSampleIsSubmittedAsJson() throws IOException {
        try (StubServer server = new StubServer().on("POST /api/v1/jobs", 202, JOB.formatted("QUEUED"))) {
            assertThat(run("submit", "sample:walkers", "--every", "3", "--server", server.url()))
                    .isZero();
            assertThat(server.requests.getFirst().body())
                    .isEqualTo("{\"source\":\"sample:walkers\",\"model\":\"people\",\"every\":3}");
        }
    }

    @Test
    void theMessageOfARefusalIsTheServers() throws IOException {
        try (StubServer server = new StubServer()
                .on("POST /api/v1/jobs", 422, "{\"title\":\"Unusable\",\"detail\":\"no model \\\"x\\\"\"}")) {
            assertThat(run("submit", "sample:walkers", "--model", "x", "--server", server.url()))
                    .isEqualTo(2);
            assertThat(err()).isEqualTo("fq: sample:walkers: no model \"x\"\n");
        }
    }

    @Test
    void jobsArePrintedAsATableOrAsJson() throws IOException {
        String jobs = "[" + JOB.formatted("RUNNING") + "]";
        try (StubServer server =
                new StubServer().on("GET /api/v1/jobs", 200, jobs).on("GET /api/v1/jobs?state=RUNNING", 200, jobs)) {
            assertThat(run("jobs", "--server", server.url())).isZero();
            assertThat(out()).isEqualTo("""
                JOB  STATE    FRAMES  DETECTIONS  MODEL   SOURCE
                j1   RUNNING  20/40   3           people  a.mp4
                """);
            out.reset();
            assertThat(run("jobs", "--state", "RUNNING", "--json", "--server", server.url()))
                    .isZero();
            assertThat(new ObjectMapper().readTree(out()))
                    .isEqualTo(new ObjectMapper().readTree(JOB.formatted("RUNNING")));
        }
    }

    @Test
    void afterAFullListTheUserIsToldHowToGetOlderJobs() throws IOException {
        String jobs = "[" + String.join(",", Collections.nCopies(1000, JOB.formatted("SUCCEEDED"))) + "]";
        try (StubServer server = new StubServer()
                .on("GET /api/v1/jobs?state=SUCCEEDED", 200, jobs)
                .on("GET /api/v1/jobs?state=SUCCEEDED&before=j1", 200, "[]")) {
            assertThat(run("jobs", "--state", "SUCCEEDED", "--server", server.url()))
                    .isZero();
            assertThat(out().lines()).hasSize(1001);
            assertThat(err()).isEqualTo("fq: there are older jobs: --before j1\n");
            assertThat(run("jobs", "--state", "SUCCEEDED", "--before", "j1", "--server", server.url()))
                    .isZero();
            assertThat(err()).hasLineCount(1);
        }
    }

    @Test
    void afterAShortListWithANextPageTheUserIsToldHowToGetOlderJobs() throws IOException {
        String jobs = "[" + JOB.formatted("SUCCEEDED") + "]";
        try (StubServer server =
                new StubServer().linking("GET /api/v1/jobs", jobs, "</api/v1/jobs?before=j1>; rel=\"next\"")) {
            assertThat(run("jobs", "--server", server.url())).isZero();
            assertThat(err()).isEqualTo("fq: there are older jobs: --before j1\n");
        }
    }

    @Test
    void watchEndsWithTheJobAndPrintsItsOutcome() throws IOException {
        String events = "event: job\ndata: " + JOB.formatted("RUNNING") + "\n\n:\n\nevent: job\ndata: "
                + JOB.formatted("FAILED").replace("}", ",\"error\":\"not a video\"}") + "\n\n";
        try (StubServer server = new StubServer()
                .on("GET /api/v1/jobs/j1", 200, JOB.formatted("RUNNING"))
                .on("GET /api/v1/jobs/j1/events", 200, events)) {
            assertThat(run("watch", "j1", "--server", server.url())).isEqualTo(1);
            assertThat(out()).isEqualTo("j1 FAILED 12 frames, 3 detections: not a video\n");
            assertThat(err()).contains("j1 RUNNING 20/40 frames");
        }
    }

    @Test
    void resultsAreLinesOnStandardOutputAndGzipInAFile() throws IOException {
        byte[] members = StubServer.gzip("{\"frame\":0}\n{\"frame\":1}\n");
        try (StubServer server = new StubServer()
                .on("GET /api/v1/jobs/j1", 200, JOB.formatted("SUCCEEDED"))
                .on("GET /api/v1/jobs/j1/detections?follow=false&format=gzip", 200, members)
                .on("GET /api/v1/jobs/j1/detections?follow=false&format=csv", 200, "frame,class\n")) {
            assertThat(run("results", "j1", "--server", server.url())).isZero();
            assertThat(out()).isEqualTo("{\"frame\":0}\n{\"frame\":1}\n");

            assertThat(run("results", "j1", "-o", "out.jsonl.gz", "--server", server.url()))
                    .isZero();
            assertThat(folder.resolve("out.jsonl.gz")).hasBinaryContent(members);

            assertThat(run("results", "j1", "--format", "csv", "-o", "out.csv", "--server", server.url()))
                    .isZero();
            assertThat(folder.resolve("out.csv")).hasContent("frame,class");
            assertThat(folder).isDirectoryNotContaining("glob:**.part");
        }
    }

    @Test
    void anUnknownJobIsWrongUse() throws IOException {
        try (StubServer server = new StubServer()
                .on("POST /api/v1/jobs/no%2Fsuch/cancel", 404, "{\"detail\":\"there is no job no/such\"}")) {
            assertThat(run("cancel", "no/such", "--server", server.url())).isEqualTo(2);
            assertThat(err()).isEqualTo("fq: there is no job no/such\n");
        }
    }

    @Test
    void helpKeepsNamesWholeAndDoesNotWrapExamples() {
        assertThat(run("detect", "--help")).isZero();
        assertThat(out())
                .startsWith("Usage: fq detect ")
                .contains("[--annotate=OUT.mp4]")
                .contains("\n"
                        + "  fq detect street.mp4 --model yolox_nano --model-repository models -o street.jsonl.gz"
                        + " --json\n")
                .contains("OUT.resume");
        out.reset();
        assertThat(run("logs", "--help")).isZero();
        assertThat(out()).contains(" ~/.local/state/framequota/up).").contains("inference-service, ...");
        out.reset();
        for (String command : List.of("--help", "up --help", "submit --help", "experiment run --help")) {
            assertThat(run(command.split(" "))).isZero();
            assertThat(out().lines().filter(l -> !l.startsWith("  fq "))).allMatch(l -> l.length() <= 80);
            out.reset();
        }
    }

    @Test
    void theBeginningOfAnIdNamesItsJobAndSeveralCandidatesAreListed() throws IOException {
        String jobs = "[" + JOB.formatted("RUNNING").replace("j1", "ab12000000000000") + ","
                + JOB.formatted("FAILED").replace("j1", "ab34000000000000") + "]";
        try (StubServer server = new StubServer()
                .on("GET /api/v1/jobs", 200, jobs)
                .on("GET /api/v1/jobs/ab12000000000000", 200, "{\"job\":\"ab12000000000000\"}")
                .on("POST /api/v1/jobs/ab34000000000000/redrive", 202, JOB.formatted("QUEUED"))) {
            Map<String, String> environment = Map.of("FQ_SERVER", server.url());
            assertThat(run(environment, "job", "ab1")).isZero();
            assertThat(out()).isEqualTo("job: ab12000000000000\n");
            assertThat(run(environment, "redrive", "ab3")).as(err()).isZero();

            err.reset();
            assertThat(run(environment, "cancel", "ab")).isEqualTo(2);
            assertThat(err())
                    .isEqualTo("fq: the ids of several jobs begin with ab: ab12000000000000, ab34000000000000;"
                            + " give more of the id\n");
            err.reset();
            assertThat(run(environment, "watch", "cd")).isEqualTo(2);
            assertThat(err()).isEqualTo("fq: nothing is at this address\n");
        }
    }

    @Test
    void aRefusedUpLeavesNoDataFolder() throws IOException {
        for (String jar : List.of(
                "cli/target/fq.jar",
                "inference-server/target/inference-server.jar",
                "ingest-service/target/quarkus-app/quarkus-run.jar",
                "inference-service/target/quarkus-app/quarkus-run.jar",
                "scheduler/controller/target/quarkus-app/quarkus-run.jar")) {
            assertThat(run("up", "--detach", "--data", "data")).as(jar).isEqualTo(3);
            Files.createDirectories(folder.resolve(jar).getParent());
            Files.createFile(folder.resolve(jar));
        }
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            err.reset();
            assertThat(run("up", "--data", "data", "--port", "" + taken.getLocalPort(), "--detach"))
                    .isEqualTo(2);
            // A line more where something listens for streams at the usual port.
            assertThat(err())
                    .endsWith("port " + taken.getLocalPort() + " of 127.0.0.1 is in use: choose another with --port\n");
            assertThat(run("up", "--data", "data", "--port", "" + taken.getLocalPort()))
                    .isEqualTo(2);
        }
        assertThat(folder.resolve("data")).doesNotExist();
    }
}
