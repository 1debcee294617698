package io.framequota.media.live.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.contract.control.AccessUnit;
import io.framequota.media.decode.ColorInfo;
import io.framequota.media.decode.SourceException;
import io.framequota.media.encode.ffmpeg.LiveEncoder;
import io.framequota.media.live.LiveNetwork;
import io.framequota.media.live.LiveWriter;
import io.framequota.media.testing.Ffmpeg;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is written is read by the ffmpeg program. */
@Timeout(60)
class LiveWriterIT {
    private static final int WIDTH = 160;
    private static final int HEIGHT = 120;

    @TempDir
    Path folder;

    private final LiveWriter.Factory writers = new FfmpegLiveWriters(new Loopback());
    private LiveEncoder encoder;
    private int picture;

    private static final class Loopback implements LiveNetwork {
        @Override
        public InetAddress lookUp(URI address) throws SourceException {
            if (!address.getHost().equals("localhost")) {
                throw new SourceException(address + " is at an internal address");
            }
            return InetAddress.getLoopbackAddress();
        }

        @Override
        public WebStream request(URI address, Duration silence) {
            throw new UnsupportedOperationException();
        }
    }

    @BeforeEach
    void open() throws IOException {
        encoder = new LiveEncoder(WIDTH, HEIGHT, 10, ColorInfo.BT709);
    }

    @AfterEach
    void close() {
        encoder.close();
    }

    /** The next picture's packet; times begin somewhere and rise by 100 ms. */
    private AccessUnit next() throws IOException {
        byte[] bgr = new byte[WIDTH * HEIGHT * 3];
        int line = picture % (HEIGHT / 2 - 1) * WIDTH * 3;
        Arrays.fill(bgr, line, line + WIDTH * 3, (byte) 220);
        return encoder.encode(bgr, 5000 + 100.0 * picture++).getFirst();
    }

    private void write(LiveWriter writer, int pictures) throws IOException {
        for (int i = 0; i < pictures; i++) {
            writer.write(next());
        }
    }

    @Test
    void anRtmpServerGetsEveryPicture() throws Exception {
        int port = freePort();
        Path received = folder.resolve("received.flv");
        Process server = Ffmpeg.start(
                folder.resolve("log"), "-listen 1 -i rtmp://127.0.0.1:" + port + "/live/a-key -c copy " + received);
        try {
            try (LiveWriter writer = connected(port)) {
                write(writer, 50);
            }
            assertThat(server.waitFor(20, TimeUnit.SECONDS)).isTrue();
        } finally {
            server.destroyForcibly();
        }

        assertThat(Ffmpeg.count(received)).isEqualTo(50);
        assertThat(Ffmpeg.stream(received, "codec_name,width,height")).containsExactly("h264", "160", "120");
        List<String> times = Ffmpeg.times(received);
        assertThat(Double.parseDouble(times.getLast()) - Double.parseDouble(times.getFirst()))
                .isEqualTo(4.9);
    }

    private LiveWriter connected(int port) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (true) {
            try {
                return writers.publish(URI.create("rtmp://localhost:" + port + "/live/a-key"), encoder.parameters());
            } catch (IOException e) {
                // The program is not listening yet.
                if (System.nanoTime() > until) {
                    throw e;
                }
                Thread.sleep(50);
            }
        }
    }

    @Test
    void aServerThatIsNotThereIsOneLineWithoutTheKey() throws Exception {
        URI target = URI.create("rtmp://user:word@localhost:" + freePort() + "/live/a-key?token=abc");

        assertThatThrownBy(() -> writers.publish(target, encoder.parameters()))
                .isInstanceOf(IOException.class)
                .hasMessage("Connection refused");
        assertThatThrownBy(() -> writers.publish(URI.create("rtmp://other/live/a-key"), encoder.parameters()))
                .isInstanceOf(SourceException.class)
                .hasMessage("rtmp://other/ is at an internal address");
    }

    @Test
    void aServerThatSaysNothingIsGivenUpAfterTenSeconds() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            long began = System.nanoTime();
            URI target = URI.create("rtmp://localhost:" + silent.getLocalPort() + "/live/a-key");

            assertThatThrownBy(() -> writers.publish(target, encoder.parameters()))
                    .isInstanceOf(IOException.class)
                    .hasMessage("nothing answers within 10 s");
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .isBetween(Duration.ofSeconds(9), Duration.ofSeconds(40));
        }
    }

    @Test
    void hlsIsAPlaylistWithTheLastSegments() throws Exception {
        try (LiveWriter writer = writers.hls(folder, "", encoder.parameters())) {
            write(writer, 400);
        }

        Path playlist = folder.resolve("live.m3u8");
        List<String> lines = Files.readAllLines(playlist);
        assertThat(lines).filteredOn(line -> line.endsWith(".ts")).hasSize(6);
        assertThat(lines)
                .filteredOn(line -> line.startsWith("#EXTINF"))
                .allMatch(line -> line.matches("#EXTINF:(2\\.0|1\\.9).*"));
        assertThat(lines).contains("#EXT-X-INDEPENDENT-SEGMENTS").doesNotContain("#EXT-X-ENDLIST");
        assertThat(segments()).hasSizeLessThanOrEqualTo(13);
        Path copy = Ffmpeg.make(
                folder.resolve("copy.mkv"), "-live_start_index 0 -i " + playlist + " -frames:v 100 -c copy");
        assertThat(Ffmpeg.count(copy)).isEqualTo(100);
    }

    @Test
    void anotherWriterGoesOnWithThePlaylistBehindADiscontinuity() throws Exception {
        try (LiveWriter writer = writers.hls(folder, "live/", encoder.parameters())) {
            write(writer, 60);
        }
        encoder.close();
        encoder = new LiveEncoder(2 * WIDTH, HEIGHT / 2, 10, ColorInfo.BT709);
        try (LiveWriter writer = writers.hls(folder, "live/", encoder.parameters())) {
            write(writer, 60);
        }

        assertThat(Files.readAllLines(folder.resolve("live.m3u8")))
                .contains("#EXT-X-DISCONTINUITY")
                .filteredOn(line -> line.endsWith(".ts"))
                .doesNotHaveDuplicates()
                .allMatch(line -> line.startsWith("live/"))
                .hasSize(6);
    }

    private List<Path> segments() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.toString().endsWith(".ts")).toList();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
