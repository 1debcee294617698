package io.framequota.lab.worker;

import io.framequota.lab.experiment.RunFailedException;
import io.framequota.lab.serving.ServedRequest;
import io.framequota.scheduler.simulator.Arrival;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** One run of requests, each of which goes to a worker on arrival or queues for a free one. For one thread. */
public final class ServingRun {
    /** The run fails if no worker reports anything for this time. */
    private static final long SILENCE_S = 600;

    private final RequestRouter router;
    private final BlockingQueue<WorkerEvent> events;
    private final long startNanos;
    private final Deque<Arrival> arriving;
    private final Deque<Arrival> line = new ArrayDeque<>();
    private final Map<Long, Arrival> requests = new HashMap<>();
    private final Map<Long, Double> beginS = new HashMap<>();
    private final List<ServedRequest> served = new ArrayList<>();

    /** A run that starts at {@code startNanos} of {@link System#nanoTime()}. */
    public ServingRun(
            List<Arrival> arrivals, RequestRouter router, BlockingQueue<WorkerEvent> events, long startNanos) {
        this.arriving = new ArrayDeque<>(arrivals);
        this.router = router;
        this.events = events;
        this.startNanos = startNanos;
        arrivals.forEach(a -> requests.put(a.id(), a));
    }

    /** The same requests, all at once and small: the first run of a worker would still load and compile its code. */
    public static List<Arrival> rehearsal(List<Arrival> arrivals, double sizeS) {
        return arrivals.stream()
                .map(a -> new Arrival(a.id(), 0, sizeS, a.labels()))
                .toList();
    }

    /** Serves all requests, and returns them in order of arrival. */
    public List<ServedRequest> run() throws InterruptedException {
        int all = requests.size();
        while (served.size() < all) {
            while (!arriving.isEmpty() && due() <= System.nanoTime()) {
                line.add(arriving.removeFirst());
            }
            while (!line.isEmpty() && router.open()) {
                router.take(line.removeFirst());
            }
            long wait = arriving.isEmpty() ? TimeUnit.SECONDS.toNanos(SILENCE_S) : due() - System.nanoTime();
            WorkerEvent next = events.poll(Math.max(0, wait), TimeUnit.NANOSECONDS);
            if (next != null) {
                handle(next);
            } else if (arriving.isEmpty()) {
                throw new RunFailedException("no worker reported an event for " + SILENCE_S + " s");
            }
        }
        served.sort(Comparator.comparingLong(ServedRequest::id));
        return List.copyOf(served);
    }

    private long due() {
        return startNanos + (long) (arriving.getFirst().arrivalS() * 1e9);
    }

    private void handle(WorkerEvent event) {
        switch (event) {
            case WorkerEvent.Failed failed -> throw new RunFailedException(failed.why());
            case WorkerEvent.Began began -> beginS.put(began.job(), seconds(began.nanos()));
            case WorkerEvent.Holds holds -> {
                // Serving runs do not wait for quotas.
            }
            case WorkerEvent.Ended ended -> {
                Arrival request = requests.remove(ended.job());
                if (request != null) {
                    double end = seconds(ended.nanos());
                    double begin = beginS.getOrDefault(ended.job(), end);
                    served.add(new ServedRequest(request.id(), request.arrivalS(), begin, end, request.sizeS()));
                }
                router.ended(ended.from());
            }
        }
    }

    private double seconds(long nanos) {
        return (nanos - startNanos) / 1e9;
    }
}
