package io.framequota.lab.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.framequota.lab.experiment.RunFailedException;
import io.framequota.lab.serving.ServedRequest;
import io.framequota.scheduler.simulator.Arrival;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ServingRunTest {
    private static final long MS = 1_000_000;

    private final long start = System.nanoTime();
    private final LinkedBlockingQueue<WorkerEvent> events = new LinkedBlockingQueue<>();
    private final List<String> orders = new ArrayList<>();
    private final FakeWorker first = new FakeWorker("first");
    private final FakeWorker second = new FakeWorker("second");

    @Test
    void givesRequestsToTheFirstFreeWorkerAndLetsOthersWait() throws InterruptedException {
        List<ServedRequest> served = run(
                List.of(arrival(1), arrival(2), arrival(3)),
                // Each worker reports begin and end of its request, 10 ms later for each request before it.
                (worker, request) -> {
                    long begin = start + (request.id() - 1) * 10 * MS;
                    events.add(new WorkerEvent.Began(worker, request.id(), begin));
                    events.add(new WorkerEvent.Ended(worker, request.id(), begin + 15 * MS));
                });

        assertThat(orders).containsExactly("first 1", "second 2", "first 3");
        assertThat(served)
                .extracting(ServedRequest::id, ServedRequest::beginS, ServedRequest::endS)
                .containsExactly(
                        Tuple.tuple(1L, 0.0, 0.015), Tuple.tuple(2L, 0.01, 0.025), Tuple.tuple(3L, 0.02, 0.035));
        assertThat(served.getLast().serviceS()).isCloseTo(0.015, within(1e-9));
    }

    @Test
    void countsAnEndWithoutABeginAsARequestOfNoDuration() throws InterruptedException {
        List<ServedRequest> served = run(List.of(arrival(1)), (worker, request) -> {
            events.add(new WorkerEvent.Holds(worker, 500, start));
            events.add(new WorkerEvent.Ended(worker, request.id(), start + 5 * MS));
        });

        assertThat(served.getFirst().serviceS()).isZero();
        assertThat(served.getFirst().endS()).isEqualTo(0.005);
    }

    @Test
    void failsWithTheReasonOfAWorkerThatFails() {
        assertThatThrownBy(() -> run(
                        List.of(arrival(1)),
                        (worker, request) -> events.add(new WorkerEvent.Failed(worker, "first has ended"))))
                .isInstanceOf(RunFailedException.class)
                .hasMessage("first has ended");
    }

    private interface Serve {
        void serve(FakeWorker worker, Arrival request);
    }

    private List<ServedRequest> run(List<Arrival> arrivals, Serve serve) throws InterruptedException {
        RequestRouter router = new FirstFreeRouter<>(List.of(first, second), (worker, request) -> {
            orders.add(worker.name() + " " + request.id());
            serve.serve(worker, request);
        });
        return new ServingRun(arrivals, router, events, start).run();
    }

    private static Arrival arrival(long id) {
        return new Arrival(id, 0, 1, Map.of());
    }
}
