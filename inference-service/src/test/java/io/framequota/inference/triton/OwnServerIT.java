package io.framequota.inference.triton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.framequota.common.access.BearerToken;
import io.framequota.common.access.InferenceToken;
import io.framequota.inference.model.LabelFiles;
import io.framequota.inference.model.ModelCatalog.Lookup;
import io.framequota.inference.model.ModelSpec;
import io.framequota.inference.model.ModelSpecFactory;
import io.framequota.inference.system.StandInServer;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A model is unloaded at a server with a token, which belongs to the worker, and at a server without one, which others may use.
 */
class OwnServerIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long[] SHAPE = {1, 40, 40, 3};
    private static final int BYTES = 40 * 40 * 3;
    private static final @Nullable BearerToken TOKEN = InferenceToken.of("a-secret-of-some-length");

    private interface Meanwhile {
        void of(StandInServer server, TritonServer worker) throws Exception;
    }

    private static void with(@Nullable BearerToken servers, @Nullable BearerToken workers, Meanwhile meanwhile)
            throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        StandInServer server = new StandInServer(port, servers);
        server.start();
        TritonServer.Options options = new TritonServer.Options(
                "127.0.0.1", port, "worker-0", OptionalInt.of(3), OptionalInt.of(2), false, workers);
        try (TritonServer worker = new TritonServer(options, new ModelSpecFactory(new LabelFiles(null)), () -> {})) {
            worker.start();
            meanwhile.of(server, worker);
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

    private static @Nullable InferenceResult infer(TritonServer worker, ModelSpec model) throws InterruptedException {
        BlockingQueue<InferenceResult> answers = new LinkedBlockingQueue<>();
        Slot slot = worker.take(model, BYTES);
        slot.send(SHAPE, "job", () -> true, answers::add);
        InferenceResult answer = answers.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
        slot.release();
        return answer;
    }

    @Test
    void modelOfItsOwnServerIsLoadedAgainAndTheFrameIsInferred() throws Exception {
        with(TOKEN, TOKEN, (server, worker) -> {
            ModelSpec marks = find(worker);
            for (int i = 1; i <= 2; i++) {
                server.unload();

                assertThat(infer(worker, marks)).isInstanceOf(InferenceResult.Answered.class);
                assertThat(server.loads).hasValue(i);
            }
            assertThat(worker.unusable()).doesNotContainKey("marks");
        });
    }

    @Test
    void modelUnloadedAtASharedServerStaysUnloaded() throws Exception {
        with(null, null, (server, worker) -> {
            ModelSpec marks = find(worker);
            server.unload();

            assertThat(infer(worker, marks)).isInstanceOf(InferenceResult.ModelGone.class);
            assertThat(server.loads).hasValue(0);
        });
    }

    @Test
    void serverIsNotReadyAndFindsNoModelWithoutTheToken() throws Exception {
        with(TOKEN, null, (server, worker) -> {
            assertThat(worker.find("marks", Duration.ofSeconds(2))).isInstanceOf(Lookup.Away.class);
            assertThat(worker.status().ready()).isFalse();
        });
    }
}
