package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Page;
import com.sun.net.httpserver.HttpServer;
import io.framequota.media.testing.Ffmpeg;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams that the ffmpeg program pushes in real time, through the listener, a worker and back. */
class LiveST {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int FPS = 10;
    /** The distribution's, which has x264. */
    private static final Path FFMPEG = Path.of("/usr/bin/ffmpeg");

    @TempDir
    static Path folder;

    private static Path clip;
    private static RunningSystem system;
    private static int rtmp;

    @BeforeAll
    static void start() throws Exception {
        clip = Ffmpeg.make(
                folder.resolve("clip.flv"),
                "-f lavfi -i testsrc2=size=320x240:rate=" + FPS + ":duration=60 -f lavfi -i sine=duration=60"
                        + " -c:v libopenh264 -b:v 300k -g 10 -c:a aac -f flv");
        rtmp = Server.freePort();
        up();
    }

    /** Starts the system on its data, which may be there from before. */
    private static void up() {
        system = RunningSystem.up(
                folder.resolve("data"), Map.of("FRAMEQUOTA_LIVE_WINDOW", "3S"), "--rtmp-port", Integer.toString(rtmp));
    }

    @AfterAll
    static void stop() {
        if (system != null) {
            system.close();
        }
    }

    private static String live(String source, String... options) {
        String[] arguments = new String[options.length + 4];
        arguments[0] = "live";
        arguments[1] = source;
        arguments[2] = "--server";
        arguments[3] = system.url();
        System.arraycopy(options, 0, arguments, 4, options.length);
        Fq.Ended ended = Fq.run(LIMIT, arguments);
        assertThat(ended.code()).as(ended.err()).isZero();
        return ended.out().strip();
    }

    /** Pushes so many frames in real time. */
    private static Process push(String key, int frames) throws IOException {
        return Ffmpeg.start(
                folder.resolve(key + ".log"),
                "-re -i " + clip + " -frames:v " + frames + " -c copy -f flv rtmp://127.0.0.1:" + rtmp + "/live/"
                        + key);
    }

    private static void ends(Process pushing) throws InterruptedException {
        assertThat(pushing.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    private static List<JsonNode> lines(String id) {
        return system.lines(id);
    }

    private static List<Long> frames(List<JsonNode> lines) {
        return lines.stream()
                .filter(l -> l.has("frame"))
                .map(l -> l.path("frame").asLong())
                .toList();
    }

    private static long missing(List<JsonNode> lines) {
        return lines.stream()
                .mapToLong(l -> l.path("gap").path("frames").asLong())
                .sum();
    }

    private static JsonNode cancel(String id) {
        assertThat(Fq.run(LIMIT, "cancel", id, "--server", system.url()).code()).isZero();
        return system.job(id);
    }

    @Test
    void twoStreamsOfWhichOneIsCutHaveALineOrACountForEachFrame() throws Exception {
        String whole = live("listen:whole", "--every", "2");
        String cut = live("listen:cut", "--every", "2", "--label", "camera=desk");
        assertThat(system.job(whole).path("waiting_for").asText())
                .contains("waits for a publisher of listen:")
                .contains(" at rtmp://HOST:");
        Path followed = folder.resolve("followed.jsonl");
        Process follow = Fq.start(
                followed,
                folder.resolve("followed.err"),
                Map.of(),
                "results",
                whole,
                "--follow",
                "--server",
                system.url());
        Process one = push("whole", 30 * FPS);
        Process two = push("cut", 60 * FPS);
        system.awaitJob(
                whole,
                "it is inferred",
                LIMIT,
                job -> job.path("state").asText().equals("RUNNING"));
        system.awaitJob(cut, "lines come", LIMIT, job -> job.path("frames_done").asLong() > 20);
        system.await("lines are printed while they come", LIMIT, () -> count(followed) > 5);
        two.destroyForcibly();
        Thread.sleep(5000);
        Process three = push("cut", 8 * FPS);
        ends(three);
        JsonNode running = system.job(whole);
        ends(one);
        system.awaitJob(whole, "the last frames are accounted for", LIMIT, LiveST::idle);
        JsonNode ended = cancel(whole);
        cancel(cut);

        List<JsonNode> all = lines(whole);
        assertThat(frames(all)).isSorted().doesNotHaveDuplicates().allMatch(frame -> frame % 2 == 0);
        assertThat(frames(all).size() + missing(all)).isEqualTo(30 * FPS / 2);
        assertThat(frames(all).size()).as("most frames are inferred: %s", ended).isGreaterThan(30 * FPS / 2 / 2);
        assertThat(ended.path("frames").asLong()).isEqualTo(frames(all).size());
        double p95 = running.path("latency_ms").path("p95").asDouble();
        System.out.printf(
                "live: p50 %.0f ms, p95 %.0f ms, gaps %s%n",
                running.path("latency_ms").path("p50").asDouble(), p95, ended.path("gaps"));
        assertThat(p95).isPositive().isLessThan(5000);
        assertThat(follow.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readAllLines(followed).stream()
                        .map(RunningSystem::parse)
                        .toList())
                .as("fq results --follow prints each line once")
                .isEqualTo(all);

        List<JsonNode> parts = lines(cut);
        assertThat(frames(parts)).isSorted().doesNotHaveDuplicates();
        List<JsonNode> cuts = parts.stream()
                .filter(l -> l.path("gap").path("cause").asText().equals("disconnected"))
                .toList();
        assertThat(cuts).hasSize(1);
        assertThat(cuts.getFirst().path("gap").path("frames").asLong()).isBetween(20L, 60L);
        assertOneFrameForEachTime(parts, 2);
        assertThat(system.job(cut).path("live").path("session").asInt()).isEqualTo(2);
    }

    /** No results have come for longer than frames take. */
    private static boolean idle(JsonNode job) {
        return job.path("waiting_for").asText().contains("waits for a publisher");
    }

    private static long count(Path file) {
        try {
            return Files.readString(file).lines().count();
        } catch (IOException e) {
            return 0;
        }
    }

    /** Lines and gaps together are as many frames as the time line has room for. */
    private static void assertOneFrameForEachTime(List<JsonNode> lines, int every) {
        double last = lines.stream()
                .mapToDouble(l -> Math.max(
                        l.path("pts_ms").asDouble(), l.path("gap").path("to_ms").asDouble()))
                .max()
                .orElseThrow();
        double expected = last * FPS / 1000 / every + 1;
        assertThat(frames(lines).size() + missing(lines)).isBetween((long) expected - 3, (long) expected + 3);
    }

    @Test
    void aStreamGoesOnWithACountedGapWhenAServiceIsKilled() throws Exception {
        String id = live("listen:killed", "--every", "2");
        Process before = push("killed", 60 * FPS);
        system.awaitJob(id, "lines come", LIMIT, job -> job.path("frames_done").asLong() > 20);
        system.kill("inference-service");
        long done = system.job(id).path("frames_done").asLong();
        system.awaitJob(
                id, "lines come again", LIMIT, job -> job.path("frames_done").asLong() > done + 20);
        system.kill("ingest-service");
        ends(before);
        system.await("the door is open", LIMIT, () -> system.server().answers("/api/v1/jobs/" + id));
        system.awaitJob(id, "it waits again", LIMIT, LiveST::idle);
        Process after = push("killed", 10 * FPS);
        ends(after);
        cancel(id);

        List<JsonNode> lines = lines(id);
        assertThat(frames(lines)).isSorted().doesNotHaveDuplicates();
        List<String> causes = lines.stream()
                .filter(l -> l.has("gap"))
                .map(l -> l.path("gap").path("cause").asText())
                .toList();
        assertThat(causes).contains("no-worker", "restarted");
        assertOneFrameForEachTime(lines, 2);
        double time = -1;
        for (JsonNode line : lines) {
            double next = line.has("frame")
                    ? line.path("pts_ms").asDouble()
                    : line.path("gap").path("to_ms").asDouble();
            assertThat(next).isGreaterThanOrEqualTo(time);
            time = next;
        }
    }

    @Test
    @Tag("long")
    void aStreamGoesOnWithACountedGapWhenEverythingIsStoppedAndStartedAgain() throws Exception {
        String id = live("listen:all-down", "--every", "2");
        Process before = push("all-down", 60 * FPS);
        system.awaitJob(id, "lines come", LIMIT, job -> job.path("frames_done").asLong() > 20);

        system.interrupt();
        ends(before);
        up();
        Process after = push("all-down", 20 * FPS);
        system.awaitJob(
                id,
                "lines come again",
                LIMIT,
                job -> job.path("live").path("session").asInt() > 1000
                        && job.path("latency_ms").has("p95"));
        ends(after);
        system.awaitJob(id, "the last frames are accounted for", LIMIT, LiveST::idle);
        cancel(id);

        List<JsonNode> lines = lines(id);
        assertThat(frames(lines)).isSorted().doesNotHaveDuplicates();
        List<JsonNode> away = lines.stream()
                .filter(l -> l.path("gap").path("cause").asText().equals("restarted"))
                .toList();
        assertThat(away).hasSize(1);
        assertThat(away.getFirst().path("gap").path("frames").asLong()).isPositive();
        assertOneFrameForEachTime(lines, 2);
    }

    /** An encoder with B-frames, nginx with its RTMP module as the guide has it, two streams for two minutes, and one of them cut for 10 s. */
    @Test
    @Tag("long")
    void twoStreamsThroughNginxHaveALineOrACountForEachFrame() throws Exception {
        assumeTrue(Nginx.isThere(), Nginx.MISSING);
        assumeTrue(Files.isExecutable(FFMPEG), "no /usr/bin/ffmpeg; apt-get install ffmpeg");
        int seconds = 120;
        Path file = folder.resolve("bframes.flv");
        assertThat(ffmpeg("-f lavfi -i testsrc2=size=640x360:rate=" + FPS + ":duration=" + seconds
                                + " -c:v libx264 -preset veryfast -bf 2 -g 20 -f flv " + file)
                        .waitFor(60, TimeUnit.SECONDS))
                .isTrue();
        try (Nginx nginx = Nginx.start(folder)) {
            String one = "rtmp://127.0.0.1:" + nginx.port() + "/live/whole";
            String two = "rtmp://127.0.0.1:" + nginx.port() + "/live/partly";
            Process whole = ffmpeg("-re -i " + file + " -c copy -f flv " + one);
            Process first = ffmpeg("-re -i " + file + " -c copy -f flv " + two);
            String a = live(one, "--every", "5");
            String b = live(two, "--every", "5");
            system.awaitJob(
                    b, "lines come", LIMIT, job -> job.path("frames_done").asLong() > 60);
            first.destroyForcibly();
            Thread.sleep(10_000);
            Process second = ffmpeg("-re -i " + file + " -frames:v " + 60 * FPS + " -c copy -f flv " + two);
            ends(second);
            assertThat(whole.waitFor(3, TimeUnit.MINUTES)).isTrue();
            system.awaitJob(
                    a,
                    "nobody publishes",
                    LIMIT,
                    job -> job.path("waiting_for").asText().contains("again"));
            system.awaitJob(
                    b,
                    "nobody publishes",
                    LIMIT,
                    job -> job.path("waiting_for").asText().contains("again"));
            JsonNode endedA = cancel(a);
            JsonNode endedB = cancel(b);

            List<JsonNode> all = lines(a);
            assertOneFrameForEachTime(all, 5);
            // The job came after its encoder, and its first picture is a key picture.
            assertThat(frames(all).size() + missing(all))
                    .isBetween((long) (seconds - 20) * FPS / 5, (long) seconds * FPS / 5);
            List<JsonNode> parts = lines(b);
            assertOneFrameForEachTime(parts, 5);
            List<JsonNode> cuts = parts.stream()
                    .filter(l -> l.path("gap").path("cause").asText().equals("disconnected"))
                    .toList();
            assertThat(cuts).as("%s", endedB).hasSize(1);
            assertThat(cuts.getFirst().path("gap").path("frames").asLong()).isBetween(15L, 80L);
            System.out.printf(
                    "through nginx: %d lines and gaps %s; cut: %d lines and gaps %s%n",
                    frames(all).size(), endedA.path("gaps"), frames(parts).size(), endedB.path("gaps"));
        }
    }

    private static Process ffmpeg(String arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(FFMPEG.toString(), "-v", "warning", "-nostdin", "-y"));
        command.addAll(List.of(arguments.split(" ")));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("ffmpeg.log").toFile()))
                .start();
    }

    @Test
    void thePageShowsTheLinesOfALiveJobAsTheyCome() throws Exception {
        assumeTrue(Chromium.program().isPresent(), Chromium.MISSING);
        Path people = folder.resolve("people.mp4");
        try (InputStream in = LiveST.class.getResourceAsStream("/numbered.mp4")) {
            Files.copy(in, people);
        }
        String id = live("listen:seen", "--every", "2");
        Process pushing = Ffmpeg.start(
                folder.resolve("seen.log"),
                "-re -stream_loop -1 -i " + people + " -t 90 -an -c copy -f flv rtmp://127.0.0.1:" + rtmp
                        + "/live/seen");
        try (Chromium chromium = Chromium.start()) {
            Page page = chromium.open(system.url() + "#/jobs/" + id, 1280, 900);
            page.locator("fq-live-lines table.lines td:has-text('person')")
                    .first()
                    .waitFor();
            String newest = "document.querySelector('fq-live-lines tbody tr td').textContent";
            String before = (String) page.evaluate(newest);
            page.waitForFunction("before => " + newest + " !== before", before);
            assertThat(page.locator(".head .state").textContent()).containsIgnoringCase("running");
            assertThat(chromium.complaints()).isEmpty();
        } finally {
            pushing.destroyForcibly();
            cancel(id);
        }
    }

    @Test
    void aFileOverHttpSucceedsWhenItEnds() throws Exception {
        byte[] file = Files.readAllBytes(
                Ffmpeg.make(folder.resolve("short.flv"), "-i " + clip + " -frames:v 50 -an -c copy -f flv"));
        HttpServer files = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        files.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, file.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(file);
            }
        });
        files.start();
        try {
            String id = live("http://127.0.0.1:" + files.getAddress().getPort() + "/short.flv");
            JsonNode ended = system.awaitEnd(id, LIMIT);
            assertThat(ended.path("state").asText()).as(ended.toString()).isEqualTo("SUCCEEDED");
            List<JsonNode> lines = lines(id);
            assertThat(frames(lines)).isNotEmpty();
            assertThat(frames(lines).size() + missing(lines)).isEqualTo(50);
        } finally {
            files.stop(0);
        }
    }

    @Test
    void badInputIsOneLineWithoutSecrets() {
        Fq.Ended refused = Fq.run(LIMIT, "live", "listen:a/b", "--server", system.url());
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).hasLineCount(1).contains("KEY");
        String nowhere = live("rtmp://user:hush@127.0.0.1:9/live/a");
        JsonNode waiting = system.awaitJob(
                nowhere,
                "it says what it waits for",
                LIMIT,
                job -> job.path("waiting_for").asText().contains("again"));
        assertThat(waiting.toString()).doesNotContain("hush");
        cancel(nowhere);
    }
}
