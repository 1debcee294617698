package io.framequota.inference.triton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.framequota.inference.model.LabelFiles;
import io.framequota.inference.model.ModelCatalog.Lookup;
import io.framequota.inference.model.ModelSpec;
import io.framequota.inference.model.ModelSpecFactory;
import io.framequota.inference.system.StandInServer;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The server is killed under load and stays away longer than the worker waits. */
@Tag("long")
class TritonServerIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long[] SHAPE = {1, 40, 40, 3};
    private static final int BYTES = 40 * 40 * 3;

    @Test
    void usesSharedMemoryAgainAfterTheServerWasAwayTooLong() throws Exception {
        assumeTrue(Files.isDirectory(Path.of("/dev/shm")), "skipped: no /dev/shm");
        int port = freePort();
        StandInServer server = new StandInServer(port);
        server.start();
        TritonServer.Options options = new TritonServer.Options(
                "127.0.0.1", port, "worker-0", OptionalInt.of(3), OptionalInt.of(2), true, null);
        try (TritonServer worker = new TritonServer(options, new ModelSpecFactory(new LabelFiles(null)), () -> {})) {
            worker.start();
            ModelSpec marks = find(worker);
            server.hold();
            BlockingQueue<InferenceResult> answers = new LinkedBlockingQueue<>();
            List<Slot> slots = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Slot slot = worker.take(marks, BYTES);
                slot.send(SHAPE, "job", () -> true, answers::add);
                slots.add(slot);
            }

            server.kill();
            for (int i = 0; i < 3; i++) {
                assertThat(answers.poll(LIMIT.toSeconds(), TimeUnit.SECONDS))
                        .isInstanceOf(InferenceResult.ServerGone.class);
            }
            slots.forEach(Slot::release);
            server.open();
            server.start();

            find(worker);
            for (int i = 0; i < 12; i++) {
                Slot slot = worker.take(marks, BYTES);
                assertThat(slot.transport()).isEqualTo(Slot.SHARED);
                slot.send(SHAPE, "job", () -> true, answers::add);
                assertThat(answers.poll(LIMIT.toSeconds(), TimeUnit.SECONDS))
                        .isInstanceOf(InferenceResult.Answered.class);
                slot.release();
            }
            assertThat(server.rawRequests).hasValue(0);
            assertThat(server.regions()).hasSize(1);
        } finally {
            server.kill();
        }
    }

    private static ModelSpec find(TritonServer worker) throws InterruptedException {
        return switch (worker.find("marks", LIMIT)) {
            case Lookup.Found found -> found.model();
            case Lookup other -> fail("no model: " + other);
        };
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
