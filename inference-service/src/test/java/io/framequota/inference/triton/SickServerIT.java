package io.framequota.inference.triton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.assertj.core.api.Assertions.tuple;

import io.framequota.contract.control.ComputeShare;
import io.framequota.contract.control.ComputeShares;
import io.framequota.contract.control.ComputeUse;
import io.framequota.inference.model.LabelFiles;
import io.framequota.inference.model.ModelCatalog.Lookup;
import io.framequota.inference.model.ModelSpec;
import io.framequota.inference.model.ModelSpecFactory;
import io.framequota.inference.system.StandInServer;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server that answers errors: whose fault they are. */
class SickServerIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long[] SHAPE = {1, 40, 40, 3};
    private static final int BYTES = 40 * 40 * 3;

    private final BlockingQueue<InferenceResult> answers = new LinkedBlockingQueue<>();
    private int port;
    private StandInServer server;
    private TritonServer worker;
    private ModelSpec model;

    @BeforeEach
    void start() throws Exception {
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        server = new StandInServer(port);
        server.start();
        connect(3, 2, new ComputeGate(System::nanoTime));
    }

    private void connect(int inFlight, int cores, ComputeGate gate) throws InterruptedException {
        worker = new TritonServer(
                new TritonServer.Options(
                        "127.0.0.1", port, "worker-0", OptionalInt.of(inFlight), OptionalInt.of(cores), false, null),
                new ModelSpecFactory(new LabelFiles(null)),
                () -> {},
                gate);
        worker.start();
        model = switch (worker.find("marks", LIMIT)) {
            case Lookup.Found found -> found.model();
            case Lookup other -> fail("no model: " + other);
        };
    }

    @AfterEach
    void stop() throws IOException {
        worker.close();
        server.kill();
    }

    private Slot send(byte mark) throws InterruptedException {
        return send(mark, "job");
    }

    private Slot send(byte mark, String job) throws InterruptedException {
        Slot slot = worker.take(model, BYTES);
        slot.input().fill(mark);
        slot.send(SHAPE, job, () -> true, answers::add);
        return slot;
    }

    private InferenceResult answer() throws InterruptedException {
        return answers.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    /** More than three retries fit into that time: without the distinction every picture would be refused. */
    @Test
    void noPictureIsRefusedWhileTheServerAnswersErrorsToAll() throws Exception {
        server.sick(true);
        List<Slot> slots = new ArrayList<>();
        for (byte mark = 1; mark <= 3; mark++) {
            slots.add(send(mark));
        }

        assertThat(answers.poll(8, TimeUnit.SECONDS)).isNull();
        assertThat(worker.status().ready()).as("chunks go to others").isFalse();
        server.sick(false);

        for (int i = 0; i < 3; i++) {
            assertThat(answer()).isInstanceOf(InferenceResult.Answered.class);
        }
        slots.forEach(Slot::release);
        assertThat(worker.status().ready()).isTrue();
    }

    /** They wait for the server for 30 s: the other job would wait as long for one of the two places at it. */
    @Test
    void picturesThatAreSentAgainLaterHoldUpNoOtherJob() throws Exception {
        worker.close();
        ComputeGate gate = new ComputeGate(System::nanoTime);
        gate.serve("worker-0");
        gate.divide(ComputeShares.newBuilder()
                .setEnforced(true)
                .addShares(share("a"))
                .addShares(share("b"))
                .build());
        connect(6, 1, gate);
        server.sick(true);
        List<Slot> slots = new ArrayList<>();
        for (String job : List.of("a", "a", "b", "b")) {
            slots.add(send((byte) 1, job));
        }

        assertThat(answers).as("all four were sent meanwhile").isEmpty();
        server.sick(false);

        for (int i = 0; i < 4; i++) {
            assertThat(answer()).isInstanceOf(InferenceResult.Answered.class);
        }
        slots.forEach(Slot::release);
        assertThat(worker.status().computeUse())
                .extracting(ComputeUse::getJob, ComputeUse::getRequests)
                .containsExactlyInAnyOrder(tuple("a", 2L), tuple("b", 2L));
    }

    private static ComputeShare share(String job) {
        return ComputeShare.newBuilder()
                .setJob(job)
                .setWorker("worker-0")
                .setMillicores(500)
                .build();
    }

    @Test
    void aSinglePictureThatBreaksTheModelIsRefusedAlthoughNoOtherIsOnItsWay() throws Exception {
        Slot slot = send(StandInServer.BROKEN);

        assertThat(answer())
                .isInstanceOfSatisfying(
                        InferenceResult.Refused.class,
                        refused -> assertThat(refused.cause()).contains("this picture is broken"));
        slot.release();
    }

    @Test
    void aPictureThatBreaksTheModelIsRefusedAmongOthers() throws Exception {
        Slot broken = send(StandInServer.BROKEN);
        int refused = 0;
        int good = 0;
        while (refused == 0) {
            Slot next = send((byte) 5);
            InferenceResult result = answer();
            if (result instanceof InferenceResult.Refused) {
                refused++;
                result = answer();
            }
            assertThat(result).isInstanceOf(InferenceResult.Answered.class);
            good++;
            next.release();
            assertThat(good).isLessThan(100_000);
        }
        assertThat(good).isPositive();
        broken.release();
    }
}
