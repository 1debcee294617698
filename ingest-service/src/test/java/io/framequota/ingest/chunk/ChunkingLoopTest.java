package io.framequota.ingest.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.contract.control.ModelCard;
import io.framequota.contract.frame.FrameMeta;
import io.framequota.ingest.chunk.ChunkWriter.ChunkLostException;
import io.framequota.ingest.chunk.ChunkWriter.OpenChunk;
import io.framequota.ingest.chunk.ChunkWriter.Place;
import io.framequota.media.decode.DecodedPicture;
import io.framequota.media.decode.FrameCursor;
import io.framequota.media.decode.VideoDecoder;
import io.framequota.media.decode.VideoInfo;
import io.framequota.media.scale.PictureScaler;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Six frames in chunks of two, against a broker that acknowledges a chunk only when the loop waits for it. */
class ChunkingLoopTest {
    private static final ModelCard MODEL =
            ModelCard.newBuilder().setName("m").setWidth(8).setHeight(8).build();
    private static final int RAW_BYTES = 8 * 8 * 3;

    private static final ChunkingRequest REQUEST = new ChunkingRequest(
            "j",
            Path.of("v"),
            MODEL,
            1,
            new ChunkLimits(2, 1 << 20),
            null,
            Set.of(),
            List.of(),
            VideoDecoder.ANY_STREAM,
            false,
            Optional.empty(),
            0);

    private final List<String> events = new ArrayList<>();
    private final List<FrameMeta> metas = new ArrayList<>();
    private final List<Integer> valueBytes = new ArrayList<>();
    private final List<WrittenChunk> recorded = new ArrayList<>();
    private final Set<Integer> openRecords = new HashSet<>();
    private PixelTransport transport = PixelTransport.RAW;
    private int reservations;
    private int roomForChunks = Integer.MAX_VALUE;
    private int lostChunk = -1;
    private int stopAtFrame = Integer.MAX_VALUE;
    private boolean recordingFails;
    private final ChunkSequence chunks = new ChunkSequence(
            REQUEST, PixelTransport.RAW, (job, stopped) -> new UnhurriedChunk(), new Room(), new Recorder());

    @Test
    void decodesOneChunkWhileTheChunkBeforeIsAcknowledged() throws Exception {
        ChunkingSummary summary = run();

        assertThat(summary).isEqualTo(new ChunkingSummary(6, 3, PixelTransport.RAW, List.of()));
        assertThat(events).containsExactly("begin 0", "begin 1", "record 0", "begin 2", "record 1", "record 2");
        assertThat(recorded).allSatisfy(written -> {
            assertThat(written.chunk().getFrames()).isEqualTo(2);
            assertThat(written.chunk().getBytes()).isEqualTo(2 * RAW_BYTES);
        });
    }

    @Test
    void recordsEveryWrittenChunkBeforeItWaitsForRoom() throws Exception {
        roomForChunks = 1;

        run();

        assertThat(events)
                .containsExactly("begin 0", "record 0", "wait", "begin 1", "record 1", "wait", "begin 2", "record 2");
    }

    @Test
    void releasesTheRoomOfAChunkWhoseRecordingFails() {
        recordingFails = true;

        assertThatThrownBy(this::run).hasMessage("the database is away");

        assertThat(reservations).isZero();
        assertThat(openRecords).isEmpty();
    }

    @Test
    void afterALostChunkTheRestBeginsBehindTheLastRecordedChunk() throws Exception {
        lostChunk = 1;

        assertThatThrownBy(this::run).isInstanceOf(ChunkLostException.class);

        assertThat(chunks.remaining().resume()).isEqualTo(new ResumePoint(1, 2, 0, 0));
        assertThat(reservations).isZero();
        assertThat(openRecords).isEmpty();
    }

    @Test
    void aStoppedLoopReleasesItsRoomAndItsPartition() throws Exception {
        stopAtFrame = 3;

        assertThatThrownBy(this::run).isInstanceOf(InterruptedException.class);

        assertThat(metas).hasSize(3);
        assertThat(reservations).isZero();
        assertThat(openRecords).isEmpty();
    }

    @Test
    void aTooLargeJpegBecomesAFrameWithAnErrorAndOtherFramesAreSent() throws Exception {
        transport = new PixelTransport(100);

        run();

        assertThat(metas).extracting(FrameMeta::index).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
        assertThat(metas.get(1).error())
                .isEqualTo("its JPEG picture has 16711681 bytes, more than a record holds; use a lower quality");
        assertThat(metas.get(0).error()).isNull();
        assertThat(metas.get(2).error()).isNull();
        assertThat(valueBytes).containsExactly(10, 0, 10, 10, 10, 10);
        assertThat(recorded.getFirst().chunk().getBytes()).isEqualTo(10);
        assertThat(recorded.getFirst().chunk().getFrames()).isEqualTo(2);
    }

    private ChunkingSummary run() throws Exception {
        try (ChunkSequence open = chunks;
                FrameCursor cursor = FrameCursor.open((file, stream) -> new FakeVideo(6), REQUEST.video())) {
            return new ChunkingLoop(REQUEST, cursor, new Scaler(), transport, open).run();
        }
    }

    private final class Room implements ChunkRoom {
        @Override
        public Reservation tryReserve(long bytes) {
            return roomForChunks-- > 0 ? taken() : null;
        }

        @Override
        public Reservation reserve(long bytes) {
            events.add("wait");
            return taken();
        }

        private Reservation taken() {
            reservations++;
            boolean[] closed = {false};
            return () -> {
                reservations -= closed[0] ? 0 : 1;
                closed[0] = true;
            };
        }
    }

    /** Acknowledges its frames only when they are waited for. */
    private final class UnhurriedChunk implements OpenChunk {
        private int index = -1;
        private int frames;

        @Override
        public long add(Map<String, byte[]> headers, byte[] value) {
            FrameMeta meta = FrameMeta.fromHeaders(headers::get);
            if (frames++ == 0) {
                index = meta.chunk();
                openRecords.add(index);
                events.add("begin " + index);
            }
            metas.add(meta);
            valueBytes.add(value.length);
            return 0;
        }

        @Override
        public void end() {
            openRecords.remove(index);
        }

        @Override
        public boolean isSettled() {
            return false;
        }

        @Override
        public Place await() throws ChunkLostException {
            if (index == lostChunk) {
                throw new ChunkLostException("lost");
            }
            return new Place(0, 0, frames - 1);
        }
    }

    private final class Recorder implements ChunkRecorder {
        @Override
        public void opened(VideoInfo info) {}

        @Override
        public void written(WrittenChunk chunk, ChunkRoom.Reservation room) {
            if (recordingFails) {
                throw new IllegalStateException("the database is away");
            }
            events.add("record " + chunk.chunk().getIndex());
            recorded.add(chunk);
            room.close();
        }

        @Override
        public boolean stopped() {
            return metas.size() >= stopAtFrame;
        }
    }

    /** Gives the second picture a JPEG file that no record can hold. */
    private final class Scaler implements PictureScaler {
        @Override
        public byte[] scale(DecodedPicture picture, int width, int height, boolean grey) {
            return new byte[RAW_BYTES];
        }

        @Override
        public byte[] scaleToJpeg(DecodedPicture picture, int width, int height, boolean grey, int quality) {
            return new byte[metas.size() == 1 ? FrameMeta.MAX_VALUE_BYTES + 1 : 10];
        }

        @Override
        public void close() {}
    }
}
