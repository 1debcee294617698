package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * docs/guides/live.md, command by command as it is written there. All that is put in its place is the video, the job's id, the system's
 * address (in the environment), and ffprobe for ffplay, which needs a screen.
 */
@Tag("long")
class LiveGuideST {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Guide GUIDE = Guide.of("docs/guides/live.md");
    private static final int PORT = 1935;

    @TempDir
    Path folder;

    private final List<Process> started = new ArrayList<>();
    private String url = "";

    @BeforeEach
    void prepare() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/ffmpeg")), "no /usr/bin/ffmpeg; apt-get install ffmpeg");
        try (ServerSocket socket = new ServerSocket(PORT, 1, InetAddress.getLoopbackAddress())) {
            assertThat(socket.isBound()).isTrue();
        } catch (IOException e) {
            assumeTrue(false, "port " + PORT + " is in use");
        }
        Files.createSymbolicLink(folder.resolve("docs"), Fq.ROOT.resolve("docs"));
        try (var in = LiveGuideST.class.getResourceAsStream("/numbered.mp4")) {
            Files.copy(in, folder.resolve("VIDEO.mp4"));
        }
    }

    @AfterEach
    void stop() {
        for (Process process : started) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    @Test
    void anEncoderPushesToUsAndTheAnnotatedStreamIsWatched() throws Exception {
        GUIDE.exactly("fq up --rtmp-port 1935");
        try (RunningSystem system = RunningSystem.up(folder.resolve("data"), "--rtmp-port", Integer.toString(PORT))) {
            url = system.url();
            String job = does(GUIDE.exactly("fq live listen:camera-1"));
            Path log = folder.resolve("ffmpeg.log");
            Process encoder = start(log, GUIDE.command("ffmpeg -re"));
            lines(system, job, 10);
            does(probe(GUIDE.exactly("ffplay rtmp://127.0.0.1:1935/live/camera-1")));
            Path followed = folder.resolve("followed");
            Process follow = start(followed, of(job, "fq results JOB --follow"));
            start(folder.resolve("watched"), of(job, "fq watch JOB"));
            system.await(
                    "lines are followed", LIMIT, () -> read(followed).lines().count() > 5);
            assertThat(read(followed).lines()).allMatch(line -> line.startsWith("{"));
            system.await(
                    "the job is watched",
                    LIMIT,
                    () -> read(folder.resolve("watched")).contains(" fps"));
            system.awaitJob(
                    job, "a window", LIMIT, j -> j.path("chunks_committed").asInt() > 0);
            does(of(job, "fq results JOB --format csv -o camera.csv"));
            assertThat(Files.readAllLines(folder.resolve("camera.csv"))).hasSizeGreaterThan(2);
            does(of(job, "fq cancel JOB"));
            assertThat(follow.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(encoder.waitFor(30, TimeUnit.SECONDS))
                    .as("the key is free")
                    .isTrue();

            String annotated = does(GUIDE.command("fq live listen:camera-1 --publish"));
            encoder = start(log, GUIDE.command("ffmpeg -re"));
            system.awaitJob(
                    annotated,
                    "the annotated stream",
                    LIMIT,
                    j -> j.path("annotated_latency_ms").has("p95"));
            assertThat(does(probe(GUIDE.command("ffplay -fflags nobuffer")))).contains("codec_name=h264", "width=640");
            does(of(annotated, "fq cancel JOB"));
            assertThat(encoder.waitFor(30, TimeUnit.SECONDS)).isTrue();

            String hls = does(GUIDE.exactly("fq live listen:camera-1 --hls"));
            start(log, GUIDE.command("ffmpeg -re"));
            system.await("a playlist", LIMIT, () -> system.server().answers("/api/v1/jobs/" + hls + "/live.m3u8"));
            does(of(hls, "fq cancel JOB"));
        }
    }

    @Test
    void nginxStandsBetween() throws Exception {
        assumeTrue(Nginx.isThere(), Nginx.MISSING);
        assertThat(GUIDE.command("apt-get install")).isEqualTo("apt-get install nginx-light libnginx-mod-rtmp");
        String nginx = GUIDE.command("nginx -c");
        try (RunningSystem system = RunningSystem.up(folder.resolve("data"))) {
            url = system.url();
            does(nginx);
            try {
                start(folder.resolve("ffmpeg.log"), GUIDE.command("ffmpeg -re"));
                String job = does(GUIDE.exactly("fq live rtmp://127.0.0.1:1935/live/camera-1"));
                lines(system, job, 10);
                assertThat(system.job(job).path("source").asText()).isEqualTo("rtmp://127.0.0.1:1935/live/ca***");
                does(of(job, "fq cancel JOB"));
            } finally {
                does(nginx + " -s stop");
            }
        }
    }

    private static void lines(RunningSystem system, String job, int number) {
        system.awaitJob(job, "lines", LIMIT, j -> j.path("frames").asInt() >= number);
    }

    private static String of(String job, String command) {
        return GUIDE.exactly(command).replace("JOB", job);
    }

    private static String probe(String play) {
        return play.replace("ffplay ", "ffprobe -v error -show_streams ");
    }

    /** Runs a command to its end and returns what it printed. */
    private String does(String command) throws IOException, InterruptedException {
        Path out = Files.createTempFile(folder, "command", ".out");
        Process process = start(out, command);
        assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS))
                .as(command)
                .isTrue();
        assertThat(process.exitValue()).as(command + ": " + read(out)).isZero();
        return read(out).strip();
    }

    private Process start(Path out, String command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", command)
                .directory(folder.toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(out.toFile())
                .redirectError(folder.resolve("commands.err").toFile());
        builder.environment().put("PATH", Fq.ROOT + ":/usr/sbin:" + System.getenv("PATH"));
        builder.environment().put("FRAMEQUOTA_NO_BUILD", "1");
        builder.environment().put("FQ_SERVER", url);
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            return "";
        }
    }
}
