package io.framequota.ingest.live.rtmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.framequota.contract.control.AccessUnit;
import io.framequota.ingest.live.PushedStreams.Reservation;
import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.SourceLimits;
import io.framequota.media.live.LiveNetwork;
import io.framequota.media.live.LiveReader;
import io.framequota.media.live.ffmpeg.FfmpegLiveReaders;
import io.framequota.media.testing.Ffmpeg;
import io.framequota.media.testing.TestVideos;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real ffmpeg program pushes to the listener, in OBS's place, and what it sent is read. */
@Timeout(180)
class PushIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String PICTURES = "-re -f lavfi -i testsrc2=s=320x240:r=10:d=4 ";
    private static final String SOUND = "-re -f lavfi -i sine=d=4 ";
    private static final String ENCODED = "-c:v libopenh264 -g 10 -b:v 300k ";

    private final StreamKeys keys = new StreamKeys(KeyPolicy.LAST_WINS, Duration.ofSeconds(10), true, _ -> false);
    private final LiveReader.Factory readers = new FfmpegLiveReaders(SourceLimits.DEFAULT, new LiveNetwork() {
        @Override
        public InetAddress lookUp(URI address) throws SourceException {
            throw new SourceException("no address is read here");
        }

        @Override
        public WebStream request(URI address, Duration silence) throws SourceException {
            throw new SourceException("no address is read here");
        }
    });
    private final List<Process> started = new ArrayList<>();
    private final List<Long> times = new ArrayList<>();
    private final List<String> codecs = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private RtmpServer server;

    @TempDir
    Path folder;

    @BeforeEach
    void start() throws IOException {
        server = new RtmpServer(
                InetAddress.getLoopbackAddress(),
                0,
                keys,
                new RtmpBounds(40, 40, Duration.ofSeconds(30), Duration.ofSeconds(10)),
                new RefusalLog());
    }

    @AfterEach
    void stop() {
        started.forEach(Process::destroyForcibly);
        server.close();
    }

    private Process push(String arguments, String key) throws IOException {
        Process process = Ffmpeg.start(
                folder.resolve("ffmpeg.log"), arguments + "-f flv rtmp://127.0.0.1:" + server.port() + "/live/" + key);
        started.add(process);
        return process;
    }

    /** Reads one publisher's stream to its end. */
    private void read(Reservation job) throws Exception {
        try (LiveReader reader =
                readers.open(new LiveReader.Input.Pushed(job.take(SOON).orElseThrow()))) {
            codecs.add(reader.info().codec());
            while (reader.next()) {
                AccessUnit unit = reader.unit().build();
                times.add(Math.round(unit.getPtsMs()));
            }
            warnings.addAll(reader.warnings());
        }
    }

    private void pushed(String arguments) throws Exception {
        try (Reservation job = keys.reserve("k")) {
            Process process = push(arguments, "k");
            read(job);
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue())
                    .as(Files.readString(folder.resolve("ffmpeg.log")))
                    .isZero();
            assertThat(job.dropped()).isZero();
        }
    }

    @Test
    void readsEveryPictureBesideSound() throws Exception {
        pushed(SOUND + PICTURES + ENCODED + "-c:a aac ");

        assertThat(times).hasSize(40).isSorted().doesNotHaveDuplicates();
        assertThat(times.getLast()).isEqualTo(3900);
        assertThat(codecs).containsExactly("h264");
        assertThat(warnings).isEmpty();
    }

    @Test
    void readsEveryPictureWithoutSound() throws Exception {
        pushed(PICTURES + ENCODED);

        assertThat(times).hasSize(40);
    }

    @Test
    void readsReorderedPictures() throws Exception {
        Path video = TestVideos.H264_OPEN_GROUPS.make(folder);
        pushed("-re -i " + video + " -c copy ");

        assertThat(times).hasSize((int) Ffmpeg.count(video)).doesNotHaveDuplicates();
        assertThat(times).isNotEqualTo(times.stream().sorted().toList());
    }

    @Test
    void readsHevcAndAv1() throws Exception {
        Path hevc = TestVideos.HEVC_OPEN_GROUPS.make(folder);
        pushed("-re -i " + hevc + " -c copy ");
        assertThat(times).hasSize((int) Ffmpeg.count(hevc));
        times.clear();
        pushed("-re -i " + TestVideos.AV1.make(folder) + " -c copy ");

        assertThat(times).hasSize(25);
        assertThat(codecs).containsExactly("hevc", "av1");
    }

    @Test
    void saysThatOnlySoundComes() throws Exception {
        try (Reservation job = keys.reserve("k")) {
            push("-re -f lavfi -i sine=d=40 -c:a aac ", "k");

            assertThatThrownBy(() -> read(job))
                    .isInstanceOf(SourceException.class)
                    .hasMessageContaining("sound")
                    .hasMessageContaining("switch the video on in the encoder");
        }
    }

    @Test
    void goesOnAfterACut() throws Exception {
        try (Reservation job = keys.reserve("k")) {
            Process first = push("-re -f lavfi -i testsrc2=s=320x240:r=10:d=60 " + ENCODED, "k");
            try (LiveReader reader =
                    readers.open(new LiveReader.Input.Pushed(job.take(SOON).orElseThrow()))) {
                assertThat(reader.next()).isTrue();
                first.destroyForcibly();
                assertThatThrownBy(() -> {
                            while (reader.next()) {
                                assertThat(reader.unit().getPts()).isLessThan(60_000);
                            }
                        })
                        .isInstanceOf(SourceException.class)
                        .hasMessageContaining("the pushed stream was lost: the ");
            }
            push(PICTURES + ENCODED, "k");
            read(job);
            assertThat(times).hasSize(40).startsWith(0L);
        }
    }

    @Test
    void readsTwoKeysAtOnceAndRefusesAThird() throws Exception {
        try (Reservation one = keys.reserve("one");
                Reservation two = keys.reserve("two")) {
            push(PICTURES + ENCODED, "one");
            push(PICTURES + ENCODED, "two");
            Process stranger = push(PICTURES + ENCODED, "three");
            Thread other = Thread.ofPlatform().start(() -> {
                try (LiveReader reader =
                        readers.open(new LiveReader.Input.Pushed(two.take(SOON).orElseThrow()))) {
                    while (reader.next()) {
                        codecs.add(reader.info().codec());
                    }
                } catch (SourceException | InterruptedException e) {
                    warnings.add(String.valueOf(e.getMessage()));
                }
            });
            List<Long> mine = new ArrayList<>();
            try (LiveReader reader =
                    readers.open(new LiveReader.Input.Pushed(one.take(SOON).orElseThrow()))) {
                while (reader.next()) {
                    mine.add(reader.unit().getPts());
                }
            }
            other.join();
            assertThat(mine).hasSize(40);
            assertThat(codecs).hasSize(40);
            assertThat(warnings).isEmpty();
            assertThat(stranger.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(stranger.exitValue()).isNotZero();
            assertThat(Files.readString(folder.resolve("ffmpeg.log"))).contains("no job listens to this key");
        }
    }

    @Test
    void showsTheStreamAndAnAnnotatedOneToWhoWatches() throws Exception {
        try (Reservation job = keys.reserve("k")) {
            push("-re -f lavfi -i testsrc2=s=320x240:r=10:d=60 " + ENCODED, "k");
            push("-re -f lavfi -i testsrc2=s=640x360:r=10:d=60 " + ENCODED, "k/annotated");
            assertThat(job.take(SOON)).isPresent();
            await().atMost(SOON)
                    .until(() -> keys.published("k").isPresent()
                            && keys.published("k/annotated").isPresent());
            String from = "-rw_timeout 20000000 -i rtmp://127.0.0.1:" + server.port() + "/live/";
            for (String name : List.of("k", "k/annotated")) {
                Path seen = Ffmpeg.make(folder.resolve("seen.mkv"), from + name + " -frames:v 20 -c copy");
                assertThat(Ffmpeg.stream(seen, "width,height"))
                        .containsExactlyElementsOf(name.equals("k") ? List.of("320", "240") : List.of("640", "360"));
                assertThat(Ffmpeg.count(seen)).isEqualTo(20);
            }
            assertThatThrownBy(() -> Ffmpeg.make(folder.resolve("none.mkv"), from + "other -frames:v 1 -c copy"))
                    .isInstanceOf(IOException.class);
        }
        await().atMost(SOON).until(() -> server.connections() == 0);
    }

    @Test
    void givesTheKeyToTheLastOfTwoPublishers() throws Exception {
        try (Reservation job = keys.reserve("k")) {
            push("-re -f lavfi -i testsrc2=s=320x240:r=10:d=60 " + ENCODED, "k");
            try (LiveReader reader =
                    readers.open(new LiveReader.Input.Pushed(job.take(SOON).orElseThrow()))) {
                assertThat(reader.next()).isTrue();
                push("-re -f lavfi -i testsrc2=s=640x360:r=10:d=4 " + ENCODED, "k");
                assertThatThrownBy(() -> {
                            while (reader.next()) {
                                assertThat(reader.info().width()).isEqualTo(320);
                            }
                        })
                        .hasMessageContaining("another publisher took the key over");
            }
            read(job);
            assertThat(times).hasSize(40);
        }
    }
}
