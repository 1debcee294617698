package io.framequota.lab.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.lab.experiment.RunFailedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BurnerConnectionTest {
    private final ByteArrayOutputStream orders = new ByteArrayOutputStream();
    private final PipedOutputStream burner = new PipedOutputStream();
    private final FakeWorker worker = new FakeWorker("worker-1");
    private final LinkedBlockingQueue<WorkerEvent> events = new LinkedBlockingQueue<>();
    private final BurnerConnection connection;

    BurnerConnectionTest() throws IOException {
        connection = new BurnerConnection("worker-1", orders, new PipedInputStream(burner));
    }

    @Test
    void writesOneOrderALine() {
        connection.run(7, 100, new Parallelism(4, 200));
        connection.setParallelism(Parallelism.ONE);

        assertThat(orders.toString(StandardCharsets.US_ASCII)).isEqualTo("run 7 100 4 200\nthreads 1 0\n");
    }

    @Test
    void reportsEventsWithTimesOfThisProcess() throws Exception {
        connection.listen(worker, nanos -> nanos - 1000, events::add);
        say("began 7 5000\nended 7 9000\nholds 50000 9500\n");

        assertThat(next()).isEqualTo(new WorkerEvent.Began(worker, 7, 4000));
        assertThat(next()).isEqualTo(new WorkerEvent.Ended(worker, 7, 8000));
        assertThat(next()).isEqualTo(new WorkerEvent.Holds(worker, 500, 8500));
    }

    @Test
    void reportsTheEndOfTheBurnerAsAFailure() throws Exception {
        connection.listen(worker, nanos -> nanos, events::add);
        burner.close();

        assertThat(next()).isEqualTo(new WorkerEvent.Failed(worker, "worker-1 has ended"));
        connection.drain();
    }

    @Test
    void returnsTheAnswerToAQuestion() throws Exception {
        // An answer that is there already belongs to an earlier question.
        Thread answer = Thread.ofVirtual().start(() -> {
            while (orders.size() == 0) {
                Thread.onSpinWait();
            }
            say("unit 12.5\n");
        });

        assertThat(connection.calibrate(10)).isEqualTo(12.5);
        answer.join();
        assertThat(BurnerConnection.units(1, 12.5)).isEqualTo(80_000_000);
        assertThat(BurnerConnection.units(0, 12.5)).isEqualTo(1);
    }

    @Test
    void failsWhenNoAnswerArrivesInTime() {
        assertThatThrownBy(() -> connection.ask("quota", "quota", 0))
                .isInstanceOf(RunFailedException.class)
                .hasMessage("worker-1 did not answer within 0 s");
    }

    private WorkerEvent next() throws InterruptedException {
        return java.util.Objects.requireNonNull(events.poll(10, TimeUnit.SECONDS));
    }

    private void say(String lines) {
        try {
            burner.write(lines.getBytes(StandardCharsets.US_ASCII));
            burner.flush();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
