package io.framequota.ingest.chunk;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.contract.control.ModelCard;
import io.framequota.contract.frame.FrameMeta;
import io.framequota.media.decode.DecodeMemoryBudget;
import io.framequota.media.decode.VideoDecoder;
import io.framequota.media.decode.VideoInfo;
import io.framequota.media.decode.ffmpeg.FfmpegDecoder;
import io.framequota.media.scale.opencv.OpenCvScaler;
import io.framequota.media.testing.TestVideos;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Warnings about a source are recorded with the chunk that shows the damage, even if the pass does not reach the end. */
class WarningsIT {
    private static final ModelCard MODEL =
            ModelCard.newBuilder().setName("m").setWidth(32).setHeight(32).build();

    @TempDir
    Path folder;

    @Test
    void reportsDamageWithTheNextChunk() throws Exception {
        Heard heard = new Heard();

        ChunkingSummary summary = pipeline(-1)
                .publish(
                        request(TestVideos.DAMAGED_IN_THE_MIDDLE.make(folder), null, List.of("earlier")),
                        new UnlimitedRoom(),
                        heard);

        assertThat(summary.warnings()).hasSize(2).first().isEqualTo("earlier");
        assertThat(heard.chunks.getFirst().warnings()).containsExactly("earlier");
        assertThat(heard.chunks.getLast().warnings())
                .hasSize(2)
                .last()
                .asString()
                .startsWith("the source is damaged");
    }

    @Test
    void keepsWarningsWhenAChunkIsLost() throws Exception {
        Path video = TestVideos.TRUNCATED.make(folder);
        ChunkingSummary whole = pipeline(-1).publish(request(video, null, List.of()), new UnlimitedRoom(), new Heard());
        assertThat(whole.chunks()).isGreaterThan(2);
        for (int lost = 0; lost < whole.chunks(); lost++) {
            ChunkingSummary summary =
                    pipeline(lost).publish(request(video, null, List.of()), new UnlimitedRoom(), new Heard());
            assertThat(summary).as("with chunk %d lost once", lost).isEqualTo(whole);
        }
    }

    @Test
    void keepsWarningsOfAnInterruptedPass() throws Exception {
        Path video = TestVideos.TRUNCATED.make(folder);
        Heard heard = new Heard();
        ChunkingSummary whole = pipeline(-1).publish(request(video, null, List.of()), new UnlimitedRoom(), heard);
        WrittenChunk known = heard.chunks.get(1);

        ChunkingSummary rest = pipeline(-1)
                .publish(
                        request(
                                video,
                                new ResumePoint(2, 8, known.chunk().getFirstFrame(), known.firstPtsMs()),
                                List.of("earlier")),
                        new UnlimitedRoom(),
                        new Heard());

        assertThat(rest.frames()).isEqualTo(whole.frames());
        assertThat(rest.warnings()).contains("earlier").containsAll(whole.warnings());
    }

    private static ChunkingRequest request(Path video, @Nullable ResumePoint from, List<String> warnings) {
        return new ChunkingRequest(
                "j",
                video,
                MODEL,
                1,
                new ChunkLimits(4, 1 << 20),
                from,
                Set.of(),
                warnings,
                VideoDecoder.ANY_STREAM,
                false,
                Optional.empty(),
                0);
    }

    /** Loses the chunk of an index when it is written for the first time; none for -1. */
    private static ChunkPipeline pipeline(int lost) {
        FfmpegDecoder decoder = new FfmpegDecoder();
        return new ChunkPipeline(
                decoder,
                decoder,
                OpenCvScaler::new,
                new ChunkWriter() {
                    private boolean done;

                    @Override
                    public OpenChunk begin(String job, BooleanSupplier stopped) {
                        return new OpenChunk() {
                            private int index;
                            private int frames;

                            @Override
                            public long add(Map<String, byte[]> headers, byte[] pixels) {
                                index = FrameMeta.fromHeaders(headers::get).chunk();
                                frames++;
                                return 0;
                            }

                            @Override
                            public void end() {}

                            @Override
                            public boolean isSettled() {
                                return true;
                            }

                            @Override
                            public Place await() throws ChunkLostException {
                                if (index == lost && !done) {
                                    done = true;
                                    throw new ChunkLostException("lost");
                                }
                                return new Place(0, 0, frames - 1);
                            }
                        };
                    }
                },
                PixelTransport.RAW,
                new DecodeMemoryBudget(1 << 20));
    }

    private static final class Heard implements ChunkRecorder {
        final List<WrittenChunk> chunks = new ArrayList<>();

        @Override
        public void opened(VideoInfo info) {}

        @Override
        public void written(WrittenChunk chunk, ChunkRoom.Reservation room) {
            chunks.add(chunk);
        }

        @Override
        public boolean stopped() {
            return false;
        }
    }
}
