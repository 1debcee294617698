package io.framequota.inference.triton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.framequota.inference.Models;
import io.framequota.inference.model.DataType;
import io.framequota.inference.model.ModelSpec;
import io.framequota.inference.model.OutputFormat;
import io.framequota.inference.system.StandInServer;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The slots of models at a server that stalls, dies and comes back. */
class SlotPoolTest {
    private static final int SLOTS = 3;
    private static final long BYTES = 1000;

    private StandInServer server;
    private TritonClient client;
    private OwnedRegions memory;
    private SlotPool pool;

    @BeforeEach
    void start() throws IOException {
        assumeTrue(Files.isDirectory(Path.of("/dev/shm")), "skipped: no /dev/shm");
        int port = freePort();
        server = new StandInServer(port);
        server.start();
        client = new TritonClient("127.0.0.1", port, "worker-0", null);
        memory = new OwnedRegions(client, "127.0.0.1", true);
        pool = new SlotPool(memory);
        connect();
    }

    @AfterEach
    void stop() {
        pool.close();
        client.close();
        server.kill();
    }

    @Test
    void modelWithLostSlotsContinuesInAnotherRegion() {
        List<SlotPool.Lent> lost = takeAll(model(0));
        Set<String> before = server.regions();

        lost.forEach(pool::abandon);

        List<SlotPool.Lent> next = takeAll(model(0));
        assertThat(next).extracting(SlotPool.Lent::memory).hasOnlyElementsOfType(SlotMemory.Shared.class);
        assertThat(server.regions()).hasSize(1).doesNotContainAnyElementsOf(before);
        next.forEach(pool::put);
    }

    @Test
    void regionStaysWhileOneOfItsSlotsIsInUse() {
        SlotPool.Lent kept = pool.take(model(0), BYTES, SLOTS);
        SlotPool.Lent lost = pool.take(model(0), BYTES, SLOTS);

        pool.abandon(lost);
        SlotPool.Lent next = pool.take(model(0), BYTES, SLOTS);

        kept.memory().input().fill((byte) 1);
        assertThat(region(next)).isNotEqualTo(region(kept));
        assertThat(server.regions()).containsExactlyInAnyOrder(region(kept), region(next));
        pool.put(kept);
        assertThat(server.regions()).containsExactly(region(next));
        pool.put(next);
    }

    @Test
    void manyModelsHaveAtMostFourRegionsEvenWithLostSlots() {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 10; i++) {
            SlotPool.Lent lent = pool.take(model(i), BYTES, SLOTS);
            assertThat(lent.memory()).isInstanceOf(SlotMemory.Shared.class);
            seen.add(region(lent));
            if (i % 2 == 0) {
                pool.abandon(lent);
            } else {
                pool.put(lent);
            }
            assertThat(server.regions()).hasSizeLessThanOrEqualTo(OwnedRegions.MOST_REGIONS);
        }
        assertThat(seen).hasSize(10);
    }

    @Test
    void stalledServerGetsAtMostFourRegionsAndForgetsThemLater() {
        server.stall(true);
        List<SlotMemory> memories = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            SlotPool.Lent lent = pool.take(model(0), BYTES, SLOTS);
            memories.add(lent.memory());
            pool.abandon(lent);
        }
        assertThat(server.regions()).hasSize(OwnedRegions.MOST_REGIONS);
        assertThat(memories.getLast()).isInstanceOf(SlotMemory.Own.class);

        server.stall(false);
        connect();

        SlotPool.Lent lent = pool.take(model(0), BYTES, SLOTS);
        assertThat(lent.memory()).isInstanceOf(SlotMemory.Shared.class);
        assertThat(server.regions()).containsExactly(region(lent));
        pool.put(lent);
    }

    @Test
    void restartedServerGetsNewMemory() {
        SlotPool.Lent before = pool.take(model(0), BYTES, SLOTS);
        server.kill();

        server.start();
        connect();

        assertThat(((SlotMemory.Shared) before.memory()).region().lost()).isTrue();
        before.memory().input().fill((byte) 1);
        SlotPool.Lent next = pool.take(model(0), BYTES, SLOTS);
        assertThat(server.regions()).containsExactly(region(next)).doesNotContain(region(before));
        pool.put(before);
        pool.put(next);
    }

    @Test
    void regionHasNoNameOnceTheServerHasIt() throws IOException {
        SlotPool.Lent lent = pool.take(model(0), BYTES, SLOTS);

        assertThat(lent.memory()).isInstanceOf(SlotMemory.Shared.class);
        try (Stream<Path> files = Files.list(Path.of("/dev/shm"))) {
            assertThat(files.map(f -> f.getFileName().toString()))
                    .noneMatch(name -> name.startsWith(
                            "framequota-" + ProcessHandle.current().pid() + "-"));
        }
        pool.put(lent);
    }

    @Test
    void modelWithAnUnregisteredRegionGetsAnother() {
        SlotPool.Lent lent = pool.take(model(0), BYTES, SLOTS);
        server.forgetRegions();
        memory.findLost();

        SlotPool.Lent next = pool.take(model(0), BYTES, SLOTS);

        assertThat(server.regions()).containsExactly(region(next));
        pool.put(lent);
        pool.put(next);
    }

    /** Tries again until the server answers, as the monitor does. */
    private void connect() {
        await().atMost(Duration.ofSeconds(30))
                .ignoreExceptionsInstanceOf(StatusRuntimeException.class)
                .until(() -> {
                    client.connectNow();
                    memory.connect();
                    pool.serverConnected();
                    return true;
                });
    }

    private List<SlotPool.Lent> takeAll(ModelSpec model) {
        List<SlotPool.Lent> all = new ArrayList<>();
        for (int i = 0; i < SLOTS; i++) {
            all.add(pool.take(model, BYTES, SLOTS));
        }
        return all;
    }

    private static String region(SlotPool.Lent lent) {
        return ((SlotMemory.Shared) lent.memory()).region().name();
    }

    private static ModelSpec model(int number) {
        return Models.model(DataType.UINT8, "stretch,bgr,0-255", OutputFormat.HOG, 1L, 32L + number, 64L, 3L);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
