package io.framequota.ingest.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.SourceLimits;
import io.framequota.media.live.LiveReader;
import io.framequota.media.live.ffmpeg.FfmpegLiveReaders;
import io.framequota.media.testing.Ffmpeg;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Streams are read from servers as cameras and relays have them. */
@Timeout(180)
class PullIT {
    private static final Duration SILENCE = Duration.ofSeconds(5);
    private static final String PICTURES =
            "-re -f lavfi -i testsrc2=s=320x240:r=10:d=60 -c:v libopenh264 -g 10 -b:v 300k ";
    private static final String NGINX = "/usr/sbin/nginx";
    private static final Path NGINX_MODULE = Path.of("/usr/lib/nginx/modules/ngx_rtmp_module.so");

    private final LiveReader.Factory readers = new FfmpegLiveReaders(SourceLimits.DEFAULT, new LiveSourceNetwork(true));
    private final List<Process> started = new ArrayList<>();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @TempDir
    Path folder;

    @AfterEach
    void stop() throws Exception {
        for (Process process : started) {
            process.destroy();
            process.waitFor();
        }
        for (AutoCloseable one : opened) {
            one.close();
        }
    }

    private LiveReader open(String url) throws SourceException {
        return readers.open(new LiveReader.Input.Address(url, SILENCE));
    }

    private LiveReader openWhenPublished(String url) throws Exception {
        long until = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (true) {
            try {
                return open(url);
            } catch (SourceException e) {
                if (System.nanoTime() > until) {
                    throw e;
                }
                Thread.sleep(100);
            }
        }
    }

    private Process ffmpeg(String arguments) throws IOException {
        Process process = Ffmpeg.start(folder.resolve("ffmpeg.log"), arguments);
        started.add(process);
        return process;
    }

    /** Reads pictures, whose times rise by about 100 ms. */
    private void readPictures(LiveReader reader, int number) throws SourceException {
        List<Double> times = new ArrayList<>();
        assertThat(reader.info().width()).isEqualTo(320);
        assertThat(reader.info().fps()).isBetween(9.0, 11.0);
        for (int i = 0; i < number; i++) {
            assertThat(reader.next()).isTrue();
            times.add(reader.unit().getPtsMs());
            if (i == 0) {
                assertThat(reader.unit().getKey()).isTrue();
            }
        }
        assertThat(times).isSorted().doesNotHaveDuplicates().startsWith(0.0);
        assertThat(times.getLast()).isBetween(90.0 * (number - 1), 110.0 * (number - 1));
    }

    private int nginx() throws Exception {
        assumeTrue(
                Files.exists(NGINX_MODULE),
                "needs nginx with its RTMP module: apt-get install nginx-light libnginx-mod-rtmp");
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        String configuration = Files.readString(Path.of("..", "docs", "guides", "nginx-rtmp.conf"));
        assertThat(configuration).contains("listen 1935;");
        Path file = Files.writeString(
                folder.resolve("nginx.conf"), configuration.replace("listen 1935;", "listen 127.0.0.1:" + port + ";"));
        Process process = new ProcessBuilder(
                        NGINX, "-p", folder.toString(), "-c", file.toString(), "-g", "daemon off;", "-e", "stderr")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("nginx.log").toFile())
                .start();
        started.add(process);
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return socket.isConnected();
            } catch (IOException e) {
                assertThat(process.isAlive())
                        .as(Files.readString(folder.resolve("nginx.log")))
                        .isTrue();
                return false;
            }
        });
        return port;
    }

    @Test
    void readsFromNginxAndNoticesTheEndOfItsPublisher() throws Exception {
        String url = "rtmp://127.0.0.1:" + nginx() + "/live/camera";
        Process publisher = ffmpeg("-re -f lavfi -i sine=d=60 " + PICTURES + "-c:a aac -f flv " + url);
        try (LiveReader reader = openWhenPublished(url)) {
            readPictures(reader, 30);
            publisher.destroyForcibly();
            try {
                while (reader.next()) {
                    assertThat(reader.unit().getPtsMs()).isLessThan(60_000);
                }
            } catch (SourceException e) {
                assertThat(e).hasMessageContaining("was lost");
            }
        }
    }

    @Test
    void saysThatNobodyPublishesAtNginx() throws Exception {
        String url = "rtmp://127.0.0.1:" + nginx() + "/live/nobody?token=abcdefghijklmnopqrstuvwxyz";

        assertThatThrownBy(() -> open(url))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("token=***")
                .hasMessageContaining("stream is published");
    }

    @Test
    void readsFromARtspCameraWithALogin() throws Exception {
        RtspRelay camera = new RtspRelay();
        opened.add(camera);
        ffmpeg("-re -f lavfi -i sine=d=60 " + PICTURES + "-map 0 -map 1 -c:a aac -f rtsp -rtsp_transport tcp "
                + camera.url());
        await().atMost(Duration.ofSeconds(20)).until(camera::isPublished);
        camera.login = "viewer:p@ss";
        assertThatThrownBy(() -> open(camera.url()))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("401");
        assertThatThrownBy(() -> open(camera.url().replace("rtsp://", "rtsp://viewer:wrong@")))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("rtsp://***@127.0.0.1")
                .hasMessageNotContaining("wrong");

        try (LiveReader reader = open(camera.url().replace("rtsp://", "rtsp://viewer:p%40ss@"))) {
            readPictures(reader, 30);
            assertThat(reader.parameters().getExtradata().isEmpty()).isFalse();
            camera.close();
            assertThat(endsWithoutAWord(reader)).isTrue();
        }
    }

    /** Whether the reader ends, whichever way. */
    private static boolean endsWithoutAWord(LiveReader reader) {
        try {
            while (reader.next()) {
                assertThat(reader.unit().getPtsMs()).isLessThan(60_000);
            }
            return true;
        } catch (SourceException e) {
            return String.valueOf(e.getMessage()).contains("was lost");
        }
    }

    @Test
    void doesNotFollowACameraToAnotherAddress() throws Exception {
        AtomicInteger bytes = new AtomicInteger();
        try (ServerSocket internal = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                RtspRelay camera = new RtspRelay()) {
            Thread.ofVirtual().start(() -> {
                try (Socket socket = internal.accept();
                        InputStream in = socket.getInputStream()) {
                    bytes.addAndGet(in.readAllBytes().length);
                } catch (IOException e) {
                    // Closed by the test.
                }
            });
            camera.redirection = "rtsp://127.0.0.1:" + internal.getLocalPort() + "/secret";

            assertThatThrownBy(() -> open(camera.url()))
                    .isInstanceOf(SourceException.class)
                    .hasMessageContaining("redirects to another address");
            assertThat(bytes).hasValue(0);
        }
    }

    @Test
    void readsAPlaylistAndWhatItNames() throws Exception {
        HttpServer web = web();
        ffmpeg(PICTURES + "-f hls -hls_time 1 -hls_list_size 6 -hls_flags delete_segments "
                + folder.resolve("stream.m3u8"));
        await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(folder.resolve("stream2.ts")));
        Files.writeString(folder.resolve("main.m3u8"), """
                #EXTM3U
                #EXT-X-STREAM-INF:BANDWIDTH=300000
                stream.m3u8
                #EXT-X-STREAM-INF:BANDWIDTH=900000
                none.m3u8
                """);
        try (LiveReader reader = open("http://127.0.0.1:" + web.getAddress().getPort() + "/moved/main.m3u8")) {
            readPictures(reader, 50);
            assertThat(reader.warnings()).contains("the playlist has 2 variants; the first one is read");
        }
    }

    @Test
    void readsNoFileThatAPlaylistNames() throws Exception {
        HttpServer web = web();
        Path secret = Files.writeString(folder.resolve("secret.txt"), "secret");
        for (String segment : List.of(
                "file://" + secret,
                secret.toString().substring(1) + "x",
                "concat:a|b",
                "data:,x",
                "http://169.254.169.254/x.ts")) {
            Files.writeString(
                    folder.resolve("bad.m3u8"),
                    "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:1\n#EXTINF:1,\n" + segment + "\n");

            assertThatThrownBy(() -> open("http://127.0.0.1:" + web.getAddress().getPort() + "/bad.m3u8"))
                    .isInstanceOf(SourceException.class)
                    .as(segment)
                    .satisfies(e -> assertThat(e.getMessage())
                            .doesNotContain("\n")
                            // A colon after letters that are no scheme's is taken for the name of a missing file, which
                            // is asked for again.
                            .doesNotContain(segment.startsWith("concat:") ? "secret" : "did not answer"));
        }
    }

    @Test
    void refusesAVideoThatHasEnded() throws Exception {
        HttpServer web = web();
        Files.writeString(folder.resolve("vod.m3u8"), "#EXTM3U\n#EXTINF:1,\na.ts\n#EXT-X-ENDLIST\n");

        assertThatThrownBy(() -> open("http://127.0.0.1:" + web.getAddress().getPort() + "/vod.m3u8"))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("is the playlist of a video that has ended");
    }

    @Test
    void readsFlvAndMpegTsOverHttpUntilNothingComes() throws Exception {
        for (String container : List.of("flv", "mpegts")) {
            Path file = Ffmpeg.make(
                    folder.resolve("live." + container),
                    "-f lavfi -i testsrc2=s=320x240:r=10:d=4 -c:v libopenh264 -g 10 -b:v 300k -f " + container);
            HttpServer web = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 5);
            web.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            web.createContext("/", exchange -> {
                exchange.sendResponseHeaders(200, 0);
                OutputStream out = exchange.getResponseBody();
                out.write(Files.readAllBytes(file));
                out.flush();
                // The server hangs: nothing comes, and the connection stays.
            });
            web.start();
            opened.add(() -> web.stop(0));
            try (LiveReader reader = open("http://127.0.0.1:" + web.getAddress().getPort() + "/live")) {
                readPictures(reader, 35);
                assertThatThrownBy(() -> {
                            while (reader.next()) {
                                assertThat(reader.unit().getPtsMs()).isLessThan(5000);
                            }
                        })
                        .isInstanceOf(SourceException.class)
                        .hasMessageContaining("was lost");
            }
        }
    }

    @Test
    void refusesAddressesThatMayNotBeRead() {
        LiveReader.Factory strict = new FfmpegLiveReaders(SourceLimits.DEFAULT, new LiveSourceNetwork(false));
        for (String url : List.of(
                "rtmp://127.0.0.1/live/x",
                "rtsp://user:secret@10.0.0.1/x",
                "http://127.0.0.1/x.m3u8",
                "rtsp://169.254.169.254/x",
                "rtmps://[::1]/live/x")) {
            assertThatThrownBy(() -> strict.open(new LiveReader.Input.Address(url, SILENCE)))
                    .as(url)
                    .isInstanceOf(SourceException.class)
                    .hasMessageContaining("address")
                    .hasMessageNotContaining("secret");
        }
        for (String url : List.of(
                "file:///etc/passwd", "concat:a|b", "rtmp:///live", "udp://127.0.0.1:5000", "x", "rtsp://a b")) {
            assertThatThrownBy(() -> open(url))
                    .as(url)
                    .isInstanceOf(SourceException.class)
                    .hasMessageContaining("is no address of a stream");
        }
        assertThatThrownBy(() -> open("rtmp://no-such-host.invalid/live/x"))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("no host has this name");
        assertThatThrownBy(() -> open("rtsp://127.0.0.1:1/x"))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("cannot be opened");
    }

    @Test
    void givesUpOnAServerThatNeverAnswers() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            for (String scheme : List.of("rtmp", "rtsp")) {
                long from = System.nanoTime();
                assertThatThrownBy(() -> open(scheme + "://127.0.0.1:" + silent.getLocalPort() + "/live/x"))
                        .isInstanceOf(SourceException.class)
                        .hasMessageContaining("did not answer within 10 s");
                assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofSeconds(40));
            }
        }
    }

    /** Serves the folder, and redirects what is asked for below {@code /moved}. */
    private HttpServer web() throws IOException {
        HttpServer web = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 5);
        web.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        web.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath().substring(1);
            if (path.startsWith("moved/")) {
                exchange.getResponseHeaders().add("Location", path.replace("moved/", "/"));
                exchange.sendResponseHeaders(302, -1);
            } else if (Files.exists(folder.resolve(path))) {
                byte[] bytes = Files.readAllBytes(folder.resolve(path));
                exchange.sendResponseHeaders(200, bytes.length);
                exchange.getResponseBody().write(bytes);
            } else {
                exchange.sendResponseHeaders(404, -1);
            }
            exchange.close();
        });
        web.start();
        opened.add(() -> web.stop(0));
        return web;
    }
}
