package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.framequota.local.files.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several users on one machine: nobody gets into another one's system, and each can run one of their own. */
@Tag("long")
class OtherUserST {
    private static final Duration LIMIT = Duration.ofMinutes(4);
    private static final Pattern SECRET = Pattern.compile("[0-9a-f]{64}");

    @TempDir
    Path folder;

    @Test
    void anotherUserCannotUseDatabaseBrokerOrServersOrReadUploadsAndFrames() throws Exception {
        OtherUser.assumeThereIsOne();
        // Others may pass through; what is in it is closed itself.
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path data = Files.createDirectory(folder.resolve("data"));
        try (RunningSystem system = RunningSystem.up(data)) {
            String upload = upload(system);
            String job =
                    system.submit("sample:walkers", "people", 1).path("job").asText();
            system.server().awaitMiddle(job, LIMIT);
            assertThat(upload).isNotEmpty();
            List<ProcessHandle> processes = system.handle().descendants().toList();
            List<String> lines =
                    processes.stream().map(p -> Fq.commandLine(p.pid())).toList();
            List<String> arguments = new ArrayList<>(List.of(
                    found(lines, "bin/postgres .* -p (\\d+)"),
                    found(lines, "BrokerMain broker (\\d+)"),
                    found(lines, "BrokerMain broker \\d+ (\\d+)")));
            for (String part : List.of("storage", "logs", "tmp", "broker", "database")) {
                arguments.add(data.resolve(part).toString());
            }
            arguments.addAll(List.of(
                    data.resolve("lock").toString(), data.resolve("system.json").toString()));
            processes.forEach(p -> arguments.add("/proc/" + p.pid() + "/environ"));
            arguments.addAll(sharedMemory(processes));
            List<String> servers = inferenceServers(lines);
            assertThat(servers).isNotEmpty();
            arguments.addAll(servers);

            Fq.Ended ended = stranger(arguments);

            assertThat(ended.out()).as(ended.err()).isEqualTo("done\n");
            assertThat(lines).noneMatch(line -> SECRET.matcher(line).find());
            assertThat(environment(processes))
                    .as("secrets in environments")
                    .anyMatch(e -> SECRET.matcher(e).find());
            JsonNode end = system.awaitEnd(job, LIMIT);
            assertThat(end.path("state").asText()).isEqualTo("SUCCEEDED");
            assertThat(open(data)).as("files and folders that others may use").isEmpty();
        }
    }

    /** The same program gets in where everybody is let in: it would tell. */
    @Test
    void theOtherUserOfTheseTestsCanReadPublicFiles() throws Exception {
        OtherUser.assumeThereIsOne();
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path file = Files.writeString(folder.resolve("open"), "for everybody");
        int port = Server.freePort();
        Process server = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-jar",
                        Fq.ROOT
                                .resolve("inference-server/target/inference-server.jar")
                                .toString(),
                        "--port",
                        "" + port)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            Fq.Ended ended = stranger(List.of("1", "1", "1", file.toString(), Stranger.INFERENCE + port));

            assertThat(ended.out())
                    .as(ended.err())
                    .isEqualTo("read " + file + "\nat the inference server: read which memory it shares\n"
                            + "at the inference server: unloaded a model\ndone\n");
        } finally {
            server.destroyForcibly().waitFor();
        }
    }

    @Test
    void aSecondUserWithoutAHomeRunsFromTheSameCheckout() throws Exception {
        OtherUser.assumeThereIsOne();
        Path own = OtherUser.folder();
        try {
            Map<String, String> environment =
                    Map.of("HOME", "/nonexistent", "TMPDIR", own.toString(), "FRAMEQUOTA_NO_BUILD", "1");

            Fq.Ended ended = fq(own, environment, "detect", "sample:walkers", "--every", "30", "-o", "out.jsonl.gz");

            assertThat(ended.code()).as(ended.err()).isZero();
            assertThat(ended.err()).contains("cannot write to the home folder /nonexistent: using " + own);
            assertThat(own.resolve("out.jsonl.gz")).isNotEmptyFile();
        } finally {
            Folders.delete(own);
        }
    }

    @Test
    void withoutAWritableHomeTheXdgVariablesAreUsedOrRequestedInOneLine() throws Exception {
        OtherUser.assumeThereIsOne();
        Path own = OtherUser.folder();
        try {
            Fq.Ended refused = fq(
                    own,
                    Map.of(
                            "HOME",
                            "/nonexistent",
                            "XDG_STATE_HOME",
                            "/nonexistent",
                            "XDG_CACHE_HOME",
                            own.toString(),
                            "FRAMEQUOTA_NO_BUILD",
                            "1"),
                    "detect",
                    "sample:walkers");

            assertThat(refused.code()).isEqualTo(2);
            assertThat(refused.err())
                    .hasLineCount(1)
                    .contains("cannot write to /nonexistent/framequota/runs")
                    .contains("set XDG_STATE_HOME")
                    .doesNotContain("Exception");

            Fq.Ended status = fq(
                    own,
                    Map.of(
                            "HOME",
                            "/nonexistent",
                            "XDG_STATE_HOME",
                            own.toString(),
                            "XDG_CACHE_HOME",
                            own.toString(),
                            "FRAMEQUOTA_NO_BUILD",
                            "1"),
                    "status");

            assertThat(status.err()).contains(own.resolve("framequota/up").toString());
        } finally {
            Folders.delete(own);
        }
    }

    private static Fq.Ended fq(Path folder, Map<String, String> environment, String... arguments) throws Exception {
        List<String> program = new ArrayList<>(List.of(Fq.ROOT.resolve("fq").toString()));
        program.addAll(List.of(arguments));
        return OtherUser.run(folder, LIMIT, environment, program);
    }

    private static Fq.Ended stranger(List<String> arguments) throws Exception {
        List<String> program = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                String.join(
                        ":",
                        Fq.ROOT.resolve("e2e/target/test-classes").toString(),
                        Fq.ROOT.resolve("cli/target/fq.jar").toString(),
                        Fq.ROOT
                                .resolve("inference-server/target/inference-server.jar")
                                .toString(),
                        driver().toString()),
                "-Djava.util.logging.config.file=/dev/null",
                Stranger.class.getName()));
        program.addAll(arguments);
        return OtherUser.run(Path.of("/"), LIMIT, Map.of(), program);
    }

    private static Path driver() throws IOException {
        try (Stream<Path> files = Files.list(Fq.ROOT.resolve("ingest-service/target/quarkus-app/lib/main"))) {
            return files.filter(f -> f.getFileName().toString().startsWith("org.postgresql.postgresql-"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** Something of a user's that lies in the storage. */
    private static String upload(RunningSystem system) throws IOException, InterruptedException {
        Process curl = new ProcessBuilder(
                        "curl", "-sf", "-F", "file=@" + Fq.ROOT.resolve("LICENSE"), system.url() + "/api/v1/jobs")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String said = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        curl.waitFor();
        return said;
    }

    private static String found(List<String> lines, String pattern) {
        return lines.stream()
                .map(Pattern.compile(pattern)::matcher)
                .filter(Matcher::find)
                .map(m -> m.group(1))
                .findFirst()
                .orElseThrow(() -> new AssertionError(pattern + " in " + lines));
    }

    private static List<String> inferenceServers(List<String> lines) {
        return lines.stream()
                .map(Pattern.compile("inference-server\\.jar .*--port (\\d+)")::matcher)
                .filter(Matcher::find)
                .map(m -> Stranger.INFERENCE + m.group(1))
                .toList();
    }

    /** The regions in which frames are handed over, as far as they have names. */
    private static List<String> sharedMemory(List<ProcessHandle> processes) {
        return processes.stream()
                .flatMap(p -> proc(p, "maps").lines())
                .filter(line -> line.contains("/dev/shm/") && !line.endsWith("(deleted)"))
                .map(line -> line.substring(line.indexOf("/dev/shm/")))
                .distinct()
                .toList();
    }

    private static List<String> environment(List<ProcessHandle> processes) {
        return processes.stream().map(p -> proc(p, "environ")).toList();
    }

    private static String proc(ProcessHandle process, String file) {
        try {
            return Files.readString(Path.of("/proc/" + process.pid() + "/" + file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    private static List<Path> open(Path data) throws IOException {
        List<Path> open = new ArrayList<>();
        for (String part : List.of("storage", "logs", "broker", "database")) {
            try (Stream<Path> files = Files.walk(data.resolve(part))) {
                files.filter(OtherUserST::isOpen).forEach(open::add);
            } catch (UncheckedIOException e) {
                // Something went while it was looked at.
            }
        }
        return open;
    }

    private static boolean isOpen(Path file) {
        try {
            return !Files.isSymbolicLink(file)
                    && PosixFilePermissions.toString(Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS))
                            .chars()
                            .skip(3)
                            .anyMatch(c -> c != '-');
        } catch (IOException e) {
            return false;
        }
    }
}
