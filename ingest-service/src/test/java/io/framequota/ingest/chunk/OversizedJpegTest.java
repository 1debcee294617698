package io.framequota.ingest.chunk;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.contract.control.ModelCard;
import io.framequota.contract.frame.FrameMeta;
import io.framequota.ingest.chunk.ChunkRoom.Reservation;
import io.framequota.ingest.chunk.ChunkWriter.OpenChunk;
import io.framequota.ingest.chunk.ChunkWriter.Place;
import io.framequota.ingest.decode.ColorInfo;
import io.framequota.ingest.decode.DecodedPicture;
import io.framequota.ingest.decode.FrameCursor;
import io.framequota.ingest.decode.Orientation;
import io.framequota.ingest.decode.PixelOrder;
import io.framequota.ingest.decode.SourceDamage;
import io.framequota.ingest.decode.VideoDecoder;
import io.framequota.ingest.decode.VideoInfo;
import io.framequota.ingest.decode.VideoReader;
import io.framequota.ingest.scale.PictureScaler;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A picture whose JPEG file is larger than a record. */
class OversizedJpegTest {
    private static final ChunkingRequest REQUEST = new ChunkingRequest(
            "j",
            Path.of("v"),
            ModelCard.newBuilder().setName("m").setWidth(8).setHeight(8).build(),
            1,
            new ChunkLimits(8, 1 << 20),
            null,
            Set.of(),
            List.of(),
            VideoDecoder.ANY_STREAM);

    private final List<FrameMeta> metas = new ArrayList<>();
    private final List<byte[]> values = new ArrayList<>();
    private final List<WrittenChunk> chunks = new ArrayList<>();

    @Test
    void becomesAFrameWithAnErrorWhileOtherFramesAreSent() throws Exception {
        ChunkingLoop pass = new ChunkingLoop(
                REQUEST,
                FrameCursor.open((video, stream) -> new ThreeFrames(), Path.of("v")),
                new Scaler(),
                new FrameTransport(100),
                (job, stopped) -> new Kept(),
                new UnlimitedRoom(),
                new Recorder());

        ChunkingSummary summary = pass.run();

        assertThat(summary.frames()).isEqualTo(3);
        assertThat(metas).extracting(FrameMeta::index).containsExactly(0L, 1L, 2L);
        assertThat(metas.get(1).error())
                .isEqualTo("its JPEG picture has 16711681 bytes, more than a record holds; use a lower quality");
        assertThat(metas.get(0).error()).isNull();
        assertThat(metas.get(2).error()).isNull();
        assertThat(values).extracting(value -> value.length).containsExactly(10, 0, 10);
        assertThat(chunks).singleElement().satisfies(written -> {
            assertThat(written.chunk().getBytes()).isEqualTo(20);
            assertThat(written.chunk().getFrames()).isEqualTo(3);
        });
    }

    /** The second picture is too large. */
    private final class Scaler implements PictureScaler {
        @Override
        public byte[] scale(DecodedPicture picture, int width, int height, boolean grey) {
            throw new AssertionError("no frame travels raw");
        }

        @Override
        public byte[] scaleToJpeg(DecodedPicture picture, int width, int height, boolean grey, int quality) {
            return new byte[metas.size() == 1 ? FrameTransport.MAX_VALUE_BYTES + 1 : 10];
        }

        @Override
        public void close() {}
    }

    private final class Kept implements OpenChunk {
        @Override
        public long add(FrameMeta meta, byte[] value) {
            metas.add(meta);
            values.add(value);
            return 0;
        }

        @Override
        public void end() {}

        @Override
        public boolean isSettled() {
            return true;
        }

        @Override
        public Place await() {
            return new Place(0, 0, 2);
        }
    }

    private final class Recorder implements ChunkRecorder {
        @Override
        public void opened(VideoInfo info) {}

        @Override
        public void written(WrittenChunk chunk, Reservation room) {
            chunks.add(chunk);
        }

        @Override
        public boolean stopped() {
            return false;
        }
    }

    private static final class ThreeFrames implements VideoReader {
        private int index = -1;

        @Override
        public VideoInfo info() {
            return new VideoInfo(8, 8, 3, 120, 25, "none", false);
        }

        @Override
        public boolean next() {
            return ++index < 3;
        }

        @Override
        public double ptsMs() {
            return index * 40.0;
        }

        @Override
        public boolean key() {
            return true;
        }

        @Override
        public int width() {
            return 8;
        }

        @Override
        public int height() {
            return 8;
        }

        @Override
        public ColorInfo color() {
            return new ColorInfo(1, 1);
        }

        @Override
        public DecodedPicture picture(PixelOrder order) {
            assertThat(order).isEqualTo(PixelOrder.BGR);
            return new DecodedPicture(MemorySegment.NULL, 8, 8, 24, Orientation.UPRIGHT);
        }

        @Override
        public boolean seek(double ptsMs) {
            return false;
        }

        @Override
        public boolean damaged() {
            return false;
        }

        @Override
        public SourceDamage damage() {
            return SourceDamage.NONE;
        }

        @Override
        public void resetDamage() {}

        @Override
        public List<String> warnings() {
            return List.of();
        }

        @Override
        public void close() {}
    }
}
