package io.framequota.ingest.chunk.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.contract.control.Chunk;
import io.framequota.contract.control.ModelCard;
import io.framequota.contract.frame.FrameMeta.Encoding;
import io.framequota.ingest.chunk.ChunkLimits;
import io.framequota.ingest.chunk.ChunkPublisher;
import io.framequota.ingest.chunk.ChunkingRequest;
import io.framequota.ingest.chunk.PixelTransport;
import io.framequota.ingest.chunk.WrittenChunk;
import io.framequota.ingest.chunk.kafka.TopicReader.Frame;
import io.framequota.media.decode.VideoDecoder;
import io.framequota.media.testing.TestVideos;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writes frames as JPEG to a real broker. */
@QuarkusTest
@TestProfile(JpegFramesIT.Quality95.class)
@WithTestResource(BrokerResource.class)
class JpegFramesIT {
    private static final ModelCard MODEL =
            ModelCard.newBuilder().setName("m").setWidth(160).setHeight(160).build();
    private static final int RAW = 160 * 120 * 3;

    @TempDir
    Path folder;

    @Inject
    ChunkPublisher publisher;

    public static final class Quality95 implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("framequota.frames-jpeg-quality", "95");
        }
    }

    @Test
    void recordsAreJpegPicturesInTheChunksOfRawFrames() throws Exception {
        Recorded heard = new Recorded();
        // Three raw frames would fill a chunk.
        ChunkingRequest request = new ChunkingRequest(
                "jpeg",
                TestVideos.H264.make(folder),
                MODEL,
                1,
                new ChunkLimits(8, 3L * RAW),
                null,
                Set.of(),
                List.of(),
                VideoDecoder.ANY_STREAM,
                false,
                Optional.empty(),
                0);

        publisher.publish(request, heard, heard);

        assertThat(heard.chunks).hasSize(17);
        assertThat(heard.chunks.stream().map(WrittenChunk::chunk).limit(16))
                .allSatisfy(chunk -> assertThat(chunk.getFrames()).isEqualTo(3));
        assertThat(heard.chunks).extracting(WrittenChunk::transport).containsOnly(new PixelTransport(95));
        try (TopicReader reader = new TopicReader()) {
            for (WrittenChunk written : heard.chunks) {
                Chunk chunk = written.chunk();
                List<Frame> frames = reader.read(chunk);
                assertThat(frames.stream().mapToLong(Frame::bytes).sum()).isEqualTo(chunk.getBytes());
                assertThat(frames).allSatisfy(frame -> {
                    assertThat(frame.meta().encoding()).isEqualTo(Encoding.JPEG);
                    assertThat(frame.meta().width()).isEqualTo(160);
                    assertThat(frame.meta().error()).isNull();
                    assertThat(frame.bytes()).isBetween(500, RAW / 2);
                });
            }
        }
    }
}
