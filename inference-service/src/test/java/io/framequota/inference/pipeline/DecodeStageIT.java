package io.framequota.inference.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.contract.control.Chunk;
import io.framequota.contract.control.Grant;
import io.framequota.contract.control.ModelCard;
import io.framequota.contract.control.ModelCard.Fit;
import io.framequota.contract.control.PacketBatch;
import io.framequota.inference.frame.InferenceTask;
import io.framequota.inference.testing.PacketChunks;
import io.framequota.media.decode.DecodeMemoryBudget;
import io.framequota.media.decode.SourceLimits;
import io.framequota.media.decode.ffmpeg.FfmpegDecoder;
import io.framequota.media.scale.opencv.OpenCvScaler;
import io.framequota.media.testing.TestVideos;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DecodeStageIT {
    private static final ModelCard MODEL = ModelCard.newBuilder()
            .setFit(Fit.STRETCH)
            .setWidth(32)
            .setHeight(32)
            .build();

    private final DecodeMemoryBudget memory = new DecodeMemoryBudget(256 << 20);
    private final List<PendingFrame> frames = new ArrayList<>();
    private final List<ChunkRun> published = new ArrayList<>();
    private final DecodeStage stage = new DecodeStage(
            new FfmpegDecoder(SourceLimits.DEFAULT, memory), new OpenCvScaler(), this::take, published::add);

    private Consumer<PendingFrame> inferred = _ -> {};
    private PacketBatch chunk;
    private PacketBatch second;
    private ChunkRun run;

    @TempDir
    Path folder;

    @BeforeEach
    void cut() throws Exception {
        List<PacketBatch> chunks = new PacketChunks(TestVideos.H264.make(folder), MODEL, 1).batches();
        chunk = chunks.get(0);
        second = chunks.get(1);
        run = run(0, chunk);
    }

    private static ChunkRun run(int index, PacketBatch packets) {
        ChunkRun run = new ChunkRun(
                1,
                Grant.newBuilder()
                        .setChunk(Chunk.newBuilder().setJob("j").setIndex(index).setFrames(packets.getUnitsCount()))
                        .build(),
                _ -> {});
        run.decoding();
        return run;
    }

    private void take(PendingFrame frame) {
        frames.add(frame);
        inferred.accept(frame);
    }

    @AfterEach
    void close() {
        stage.close();
        assertThat(memory.used()).isZero();
    }

    @Test
    void aChunkThatHasAllItsLinesIsPublishedBehindItsLastPackets() throws Exception {
        List<Boolean> complete = new ArrayList<>();
        inferred = frame -> complete.add(line(frame));

        stage.handle(new PendingPackets(run, chunk));
        assertThat(published).isEmpty();
        stage.handle(new PendingPackets(run, null));

        assertThat(published).containsExactly(run);
        assertThat(complete).hasSize(chunk.getUnitsCount()).doesNotContain(true);
        assertThat(memory.used()).isZero();
        assertThat(run.statistics.timings().getDecodeUs()).isPositive();
    }

    @Test
    void aDecodedChunkIsCompleteWithItsLastLine() throws Exception {
        stage.handle(new PendingPackets(run, chunk));
        stage.handle(new PendingPackets(run, null));

        assertThat(published).isEmpty();
        List<Boolean> complete = frames.stream().map(DecodeStageIT::line).toList();
        assertThat(complete).hasSize(chunk.getUnitsCount());
        assertThat(complete.indexOf(true)).isEqualTo(complete.size() - 1);
    }

    private static boolean line(PendingFrame frame) {
        return frame.run()
                .add(frame.frame().meta(), InferenceTask.line(frame.frame().meta(), List.of(), null));
    }

    @Test
    void aChunkBehindACancelledOneIsDecoded() throws Exception {
        stage.handle(new PendingPackets(run, half()));
        run.cancel();
        assertNextChunkIsDecoded();

        assertThat(published).isEmpty();
    }

    @Test
    void aChunkBehindAnIrregularOneIsDecoded() throws Exception {
        stage.handle(new PendingPackets(run, half()));
        run.irregular("test");
        assertNextChunkIsDecoded();
    }

    /** Both chunks are queued at once: the rest of the first one, then the second one. */
    private void assertNextChunkIsDecoded() throws Exception {
        PacketBatch.Builder rest = PacketBatch.newBuilder();
        rest.addAllUnits(chunk.getUnitsList().subList(chunk.getUnitsCount() / 2, chunk.getUnitsCount()));
        int before = frames.size();
        ChunkRun next = run(1, second);
        stage.handle(new PendingPackets(run, rest.build()));
        assertThat(memory.used()).isZero();
        stage.handle(new PendingPackets(run, null));
        stage.handle(new PendingPackets(next, second));
        stage.handle(new PendingPackets(next, null));

        assertThat(frames.subList(before, frames.size()))
                .hasSize(second.getUnitsCount())
                .allMatch(frame -> frame.run() == next);
        assertThat(next.isOpen()).isTrue();
        assertThat(memory.used()).isZero();
    }

    @Test
    void aCancelledChunkGivesItsMemoryBack() throws Exception {
        stage.handle(new PendingPackets(run, half()));
        assertThat(memory.used()).isPositive();

        run.cancel();
        stage.handle(new PendingPackets(run, null));

        assertThat(memory.used()).isZero();
        assertThat(published).isEmpty();
    }

    @Test
    void anIrregularChunkIsPublishedOnceWithItsReason() throws Exception {
        stage.handle(new PendingPackets(run, half()));
        PacketBatch.Builder broken = PacketBatch.newBuilder();
        broken.addUnits(chunk.getUnits(chunk.getUnitsCount() - 1).toBuilder().setFrame(77));
        stage.handle(new PendingPackets(run, broken.build()));
        stage.handle(new PendingPackets(run, null));

        assertThat(published).containsExactly(run);
        assertThat(run.irregularity()).contains("frame 77");
        assertThat(run.isOpen()).isFalse();
        assertThat(memory.used()).isZero();
    }

    @Test
    void aChunkWithoutItsStreamIsIrregular() throws Exception {
        stage.handle(new PendingPackets(run, chunk.toBuilder().clearStream().build()));

        assertThat(published).containsExactly(run);
    }

    private PacketBatch half() {
        return PacketBatch.newBuilder()
                .setStream(chunk.getStream())
                .addAllUnits(chunk.getUnitsList().subList(0, chunk.getUnitsCount() / 2))
                .build();
    }
}
