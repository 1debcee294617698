package io.framequota.inference.triton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;

import io.framequota.inference.model.LabelFiles;
import io.framequota.inference.model.ModelCatalog.Lookup;
import io.framequota.inference.model.ModelSpec;
import io.framequota.inference.model.ModelSpecFactory;
import io.framequota.inference.system.StandInServer;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests of streams beside those of chunks. */
@Timeout(30)
class StreamSlotsIT {
    private static final long[] SHAPE = {1, 40, 40, 3};
    private static final int BYTES = 40 * 40 * 3;

    private StandInServer server;
    private TritonServer worker;

    @BeforeEach
    void start() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        server = new StandInServer(port);
        worker = new TritonServer(
                new TritonServer.Options(
                        "127.0.0.1", port, "worker-0", OptionalInt.of(3), OptionalInt.of(2), true, null),
                new ModelSpecFactory(new LabelFiles(null)),
                () -> {});
    }

    @AfterEach
    void stop() {
        server.open();
        worker.close();
        server.kill();
    }

    @Test
    void aStreamDoesNotWaitForSlotsThatChunksHold() throws Exception {
        ModelSpec marks = connect(true, 0);
        server.hold();
        for (int i = 0; i < 3; i++) {
            worker.take(marks, BYTES).send(SHAPE, "job", () -> true, _ -> {});
        }

        worker.awaitStreamSlot();
        Slot slot = worker.takeForStream(marks, BYTES);
        slot.send(SHAPE, "job", () -> true, _ -> {});

        await().until(() -> server.priorities.size() == 4);
        assertThat(server.priorities).containsExactly(0L, 0L, 0L, 1L);
        assertThat(worker.requestsInFlight()).isEqualTo(4);
        assertThat(slot.transport()).isEqualTo(Slot.RAW);
    }

    @Test
    void prioritiesAreSentToModelsWithLevelsOnly() throws Exception {
        assertThat(prioritySent(connect(false, 2))).isEqualTo(1);
    }

    @Test
    void aServerWithoutPrioritiesIsSentNone() throws Exception {
        assertThat(prioritySent(connect(false, 0))).isZero();
    }

    private long prioritySent(ModelSpec model) throws InterruptedException {
        worker.takeForStream(model, BYTES).send(SHAPE, "job", () -> true, _ -> {});
        await().until(() -> !server.priorities.isEmpty());
        return List.copyOf(server.priorities).getFirst();
    }

    private ModelSpec connect(boolean all, int levels) throws InterruptedException {
        server.priorities(all, levels);
        server.start();
        worker.start();
        return switch (worker.find("marks", Duration.ofSeconds(20))) {
            case Lookup.Found found -> found.model();
            case Lookup other -> fail("no model: " + other);
        };
    }
}
