package io.framequota.inference.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.contract.control.Chunk;
import io.framequota.contract.control.Grant;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class StuckStageTest {
    private static final ChunkRun RUN = new ChunkRun(
            1,
            Grant.newBuilder()
                    .setChunk(Chunk.newBuilder().setJob("j").setIndex(3))
                    .build(),
            progress -> {});

    private static Stage<ChunkRun> stage(Stage.Handler<ChunkRun> handler) throws InterruptedException {
        Stage<ChunkRun> stage = new Stage<>(
                "decode", 1, new BoundedQueue<>(4, 1, run -> 0), handler, Tags.empty(), new SimpleMeterRegistry());
        stage.start();
        stage.put(RUN);
        return stage;
    }

    @Test
    void aStageThatComputesWithoutProgressIsStuckAndNamesItsChunk() throws Exception {
        AtomicBoolean end = new AtomicBoolean();
        CountDownLatch begun = new CountDownLatch(1);
        try (Stage<ChunkRun> stage = stage(run -> {
            begun.countDown();
            while (!end.get()) {
                Thread.onSpinWait();
            }
        })) {
            begun.await();
            stage.stuckFor(0);
            assertThat(stage.stuckFor(0)).isEqualTo(1);
            assertThat(stage.stuckFor(0)).isEqualTo(2);
            assertThat(stage.work()).contains("decode", "chunk 3", "job j");
            assertThat(stage.stuckFor(1)).as("it passed a frame on").isZero();
            end.set(true);
        }
    }

    @Test
    void aStageThatWaitsIsNotStuck() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        try (Stage<ChunkRun> stage = stage(run -> {
            thread.complete(Thread.currentThread());
            end.await();
        })) {
            while (thread.get().getState() != Thread.State.WAITING) {
                Thread.sleep(1);
            }
            for (int i = 0; i < 3; i++) {
                assertThat(stage.stuckFor(0)).isZero();
                Thread.sleep(20);
            }
            end.countDown();
        }
    }
}
