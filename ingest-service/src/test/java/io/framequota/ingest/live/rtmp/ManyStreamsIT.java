package io.framequota.ingest.live.rtmp;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import io.framequota.ingest.live.PushedStreams.Reservation;
import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.SourceLimits;
import io.framequota.media.decode.ffmpeg.NativeHeap;
import io.framequota.media.live.LiveNetwork;
import io.framequota.media.live.LiveReader;
import io.framequota.media.live.ffmpeg.FfmpegLiveReaders;
import io.framequota.media.testing.Ffmpeg;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Twenty cameras at once: every picture arrives, and what that costs. */
@Tag("long")
@Timeout(300)
class ManyStreamsIT {
    private static final int STREAMS = 20;
    private static final int SECONDS = 60;
    private static final int FPS = 10;

    /** Measured 3.8 ms on 2026-12-01, with other work on the machine; a stream may cost 2 % of a core. */
    private static final double MAX_MS_PER_SECOND = 20;

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

    @TempDir
    Path folder;

    @Test
    void readsEveryPictureOfTwentyStreams() throws Exception {
        Path video = Ffmpeg.make(
                folder.resolve("camera.flv"),
                "-f lavfi -i testsrc2=s=640x360:r=10:d=" + SECONDS + " -c:v libopenh264 -g 20 -b:v 800k");
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        List<Process> encoders = new ArrayList<>();
        try (RtmpServer server = new RtmpServer(
                        InetAddress.getLoopbackAddress(),
                        0,
                        keys,
                        new RtmpBounds(64, 64, Duration.ofSeconds(30), Duration.ofSeconds(10)),
                        new RefusalLog());
                ExecutorService threads = Executors.newFixedThreadPool(STREAMS)) {
            List<Future<Integer>> counts = new ArrayList<>();
            for (int i = 0; i < STREAMS; i++) {
                Reservation job = keys.reserve("camera-" + i);
                counts.add(threads.submit(count(job)));
                encoders.add(Ffmpeg.start(
                        folder.resolve("ffmpeg.log"),
                        "-re -i " + video + " -c copy -f flv rtmp://127.0.0.1:" + server.port() + "/live/camera-" + i));
            }
            Thread.sleep(Duration.ofSeconds(10));
            long cpu = system.getProcessCpuTime();
            long at = System.nanoTime();
            long early = NativeHeap.bytesInUse();
            Thread.sleep(Duration.ofSeconds(SECONDS - 20));
            double perSecond = (system.getProcessCpuTime() - cpu) / 1e6 / ((System.nanoTime() - at) / 1e9) / STREAMS;
            long grown = NativeHeap.bytesInUse() - early;
            System.out.printf(
                    "%d streams: %.2f ms of CPU per second and stream, native heap %+d KiB in %d s%n",
                    STREAMS, perSecond, grown / 1024, SECONDS - 20);
            for (Future<Integer> count : counts) {
                assertThat(count.get()).isEqualTo(SECONDS * FPS);
            }
            assertThat(keys.dropped()).isZero();
            assertThat(perSecond).isLessThan(MAX_MS_PER_SECOND);
            assertThat(grown).isLessThan(32L << 20);
        } finally {
            encoders.forEach(Process::destroyForcibly);
        }
    }

    private Callable<Integer> count(Reservation job) {
        return () -> {
            int pictures = 0;
            try (job;
                    LiveReader reader = readers.open(new LiveReader.Input.Pushed(
                            job.take(Duration.ofSeconds(60)).orElseThrow()))) {
                while (reader.next()) {
                    assertThat(reader.unit().build().getData().isEmpty()).isFalse();
                    pictures++;
                }
            }
            return pictures;
        };
    }
}
