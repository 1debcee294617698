package io.framequota.ingest.chunk.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.contract.control.Chunk;
import io.framequota.contract.control.ModelCard;
import io.framequota.contract.topic.Topics;
import io.framequota.ingest.chunk.ChunkLimits;
import io.framequota.ingest.chunk.ChunkPublisher;
import io.framequota.ingest.chunk.ChunkingRequest;
import io.framequota.ingest.chunk.ChunkingSummary;
import io.framequota.ingest.chunk.PixelTransport;
import io.framequota.ingest.chunk.ResumePoint;
import io.framequota.ingest.chunk.WrittenChunk;
import io.framequota.ingest.chunk.kafka.TopicReader.Frame;
import io.framequota.media.decode.VideoDecoder;
import io.framequota.media.testing.Ffmpeg;
import io.framequota.media.testing.TestVideos;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writes a file's frames to a real broker, and reads them as a worker does. */
@QuarkusTest
@WithTestResource(BrokerResource.class)
class ChunkPipelineIT {
    private static final ModelCard MODEL =
            ModelCard.newBuilder().setName("m").setWidth(160).setHeight(160).build();

    @TempDir
    Path folder;

    @Inject
    ChunkPublisher publisher;

    @Test
    void chunksHoldExactlyTheirFramesInOrder() throws Exception {
        Path video = TestVideos.B_FRAMES.make(folder);
        Recorded heard = new Recorded();

        ChunkingSummary summary = publisher.publish(request("whole", video, 1, null, Set.of()), heard, heard);

        assertThat(summary).isEqualTo(new ChunkingSummary(50, 7, PixelTransport.RAW, List.of()));
        assertThat(heard.opened).hasSize(1);
        assertThat(heard.opened.getFirst().expectedFrames()).isEqualTo(50);
        List<Frame> frames = read(heard.chunks);
        assertThat(frames).extracting(f -> f.meta().index()).containsExactlyElementsOf(range(0, 50, 1));
        assertThat(frames).allSatisfy(f -> {
            assertThat(f.bytes()).isEqualTo(160 * 120 * 3);
            assertThat(f.meta().width()).isEqualTo(160);
            assertThat(f.meta().height()).isEqualTo(120);
            assertThat(f.meta().sourceWidth()).isEqualTo(320);
            assertThat(f.meta().scaleX()).isEqualTo(0.5);
        });
    }

    @Test
    void aResumedPassWritesTheFramesOfAnUninterruptedOne() throws Exception {
        for (TestVideos kind : List.of(TestVideos.B_FRAMES, TestVideos.OPEN_GOP, TestVideos.B_FRAMES_WITHOUT_TIMES)) {
            Path video = kind.make(folder);
            Recorded whole = new Recorded();
            ChunkingSummary all = publisher.publish(request("job", video, 1, null, Set.of()), whole, whole);
            WrittenChunk last = whole.chunks.get(2);

            Recorded rest = new Recorded();
            ChunkingSummary resumed = publisher.publish(
                    request(
                            "job",
                            video,
                            1,
                            new ResumePoint(
                                    3,
                                    last.chunk().getFirstFrame() + last.chunk().getFrames(),
                                    last.chunk().getFirstFrame(),
                                    last.firstPtsMs()),
                            Set.of(4)),
                    rest,
                    rest);

            assertThat(resumed).isEqualTo(all);
            List<WrittenChunk> expected = whole.chunks.stream()
                    .filter(c -> c.chunk().getIndex() > 2 && c.chunk().getIndex() != 4)
                    .toList();
            assertThat(rest.chunks)
                    .extracting(c -> c.chunk().getIndex())
                    .containsExactlyElementsOf(
                            expected.stream().map(c -> c.chunk().getIndex()).toList());
            assertThat(read(rest.chunks)).isEqualTo(read(expected));
        }
    }

    @Test
    void everyNthFrameKeepsItsSourceIndex() throws Exception {
        Path video = TestVideos.H264.make(folder);
        Recorded heard = new Recorded();

        ChunkingSummary summary = publisher.publish(request("every", video, 3, null, Set.of()), heard, heard);

        assertThat(summary.frames()).isEqualTo(50);
        assertThat(read(heard.chunks)).extracting(f -> f.meta().index()).containsExactlyElementsOf(range(0, 50, 3));
    }

    @Test
    void aStoppedPassReleasesItsPartition() throws Exception {
        Path video = TestVideos.H264.make(folder);
        for (int i = 0; i < 2 * Topics.FRAME_PARTITIONS; i++) {
            Recorded heard = new Recorded() {
                private int calls;

                @Override
                public Reservation reserve(long bytes) throws InterruptedException {
                    stop = calls++ == 1;
                    return super.reserve(bytes);
                }
            };
            assertThatThrownBy(() -> publisher.publish(request("stopped", video, 1, null, Set.of()), heard, heard))
                    .isInstanceOf(InterruptedException.class);
        }
    }

    @Test
    void recordsOfOtherProducersCostRetriesButNoFrame() throws Exception {
        Path video = TestVideos.H264.make(folder);
        AtomicBoolean done = new AtomicBoolean();
        try (ExecutorService otherProducer = Executors.newSingleThreadExecutor();
                KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", BrokerResource.bootstrap()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            // Another producer writes to one partition without end: only chunks on that partition are written again.
            Future<?> writing = otherProducer.submit(() -> {
                while (!done.get()) {
                    producer.send(new ProducerRecord<>(Topics.FRAMES, 3, null, new byte[] {1}))
                            .get();
                }
                return null;
            });
            Recorded heard = new Recorded();
            for (int i = 0; i < 3; i++) {
                heard.chunks.clear();
                ChunkingSummary summary =
                        publisher.publish(request("disturbed", video, 1, null, Set.of()), heard, heard);
                assertThat(summary.frames()).isEqualTo(50);
                assertThat(read(heard.chunks))
                        .extracting(f -> f.meta().index())
                        .containsExactlyElementsOf(range(0, 50, 1));
            }
            done.set(true);
            writing.get();
        }
    }

    @Test
    void concurrentJobsDoNotMixTheirChunks() throws Exception {
        Path video = TestVideos.H264.make(folder);
        try (ExecutorService jobs = Executors.newFixedThreadPool(12)) {
            List<Recorded> heard = new ArrayList<>();
            List<Future<ChunkingSummary>> running = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                Recorded one = new Recorded();
                heard.add(one);
                ChunkingRequest request = request("job-" + i, video, 1, null, Set.of());
                running.add(jobs.submit(() -> publisher.publish(request, one, one)));
            }
            for (int i = 0; i < 12; i++) {
                assertThat(running.get(i).get().frames()).isEqualTo(50);
                String job = "job-" + i;
                assertThat(read(heard.get(i).chunks))
                        .hasSize(50)
                        .allMatch(f -> f.meta().job().equals(job));
            }
        }
    }

    @Test
    void aRestartOfTheBrokerDelaysFramesAndLosesNone() throws Exception {
        Path video = Ffmpeg.make(
                folder.resolve("long.mp4"), "-f lavfi -i testsrc2=s=320x240:r=25:d=8 -c:v mpeg4 -bf 2 -g 10");
        Recorded heard = new Recorded() {
            @Override
            public Reservation reserve(long bytes) throws InterruptedException {
                if (chunks.size() == 5) {
                    BrokerResource.stopBroker();
                    Thread.startVirtualThread(() -> {
                        try {
                            BrokerResource.startBroker();
                        } catch (java.io.IOException e) {
                            stop = true;
                        }
                    });
                }
                return super.reserve(bytes);
            }
        };

        ChunkingSummary summary = publisher.publish(request("patient", video, 1, null, Set.of()), heard, heard);

        assertThat(summary.frames()).isEqualTo(200);
        assertThat(read(heard.chunks)).extracting(f -> f.meta().index()).containsExactlyElementsOf(range(0, 200, 1));
    }

    private static ChunkingRequest request(String job, Path video, int every, ResumePoint from, Set<Integer> skip) {
        return new ChunkingRequest(
                job,
                video,
                MODEL,
                every,
                new ChunkLimits(8, 1 << 24),
                from,
                skip,
                List.of(),
                VideoDecoder.ANY_STREAM,
                false,
                Optional.empty(),
                0);
    }

    private static List<Frame> read(List<WrittenChunk> chunks) {
        List<Frame> all = new ArrayList<>();
        try (TopicReader reader = new TopicReader()) {
            for (WrittenChunk written : chunks) {
                Chunk chunk = written.chunk();
                List<Frame> frames = reader.read(chunk);
                assertThat(frames).hasSize(chunk.getFrames());
                assertThat(frames).allMatch(f -> f.meta().chunk() == chunk.getIndex());
                assertThat(frames.getFirst().meta().index()).isEqualTo(chunk.getFirstFrame());
                assertThat(frames.getFirst().meta().ptsMs()).isEqualTo(written.firstPtsMs());
                assertThat(frames.stream().mapToLong(Frame::bytes).sum()).isEqualTo(chunk.getBytes());
                all.addAll(frames);
            }
        }
        return all;
    }

    private static List<Long> range(long from, long to, long step) {
        List<Long> all = new ArrayList<>();
        for (long i = from; i < to; i += step) {
            all.add(i);
        }
        return all;
    }
}
