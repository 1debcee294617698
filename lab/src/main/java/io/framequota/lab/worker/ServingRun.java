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

/** One run: each request goes to a door when it comes, or waits in line for one. For one thread. */
public final class ServingRun {
    /** A machine that is this long without a word from a worker is not serving. */
    private static final long SILENCE_S = 600;

    private final RequestRouter doors;
    private final BlockingQueue<WorkerEvent> told;
    private final long startNanos;
    private final Deque<Arrival> coming;
    private final Deque<Arrival> line = new ArrayDeque<>();
    private final Map<Long, Arrival> requests = new HashMap<>();
    private final Map<Long, Double> begun = new HashMap<>();
    private final List<ServedRequest> served = new ArrayList<>();

    /** Starts at {@code startNanos} of {@link System#nanoTime()}. */
    public ServingRun(List<Arrival> arrivals, RequestRouter doors, BlockingQueue<WorkerEvent> told, long startNanos) {
        this.coming = new ArrayDeque<>(arrivals);
        this.doors = doors;
        this.told = told;
        this.startNanos = startNanos;
        arrivals.forEach(a -> requests.put(a.id(), a));
    }

    /** Runs until every request has ended; in order of arrival. */
    public List<ServedRequest> run() throws InterruptedException {
        int all = requests.size();
        while (served.size() < all) {
            while (!coming.isEmpty() && due() <= System.nanoTime()) {
                line.add(coming.removeFirst());
            }
            while (!line.isEmpty() && doors.open()) {
                doors.take(line.removeFirst());
            }
            long wait = coming.isEmpty() ? TimeUnit.SECONDS.toNanos(SILENCE_S) : due() - System.nanoTime();
            WorkerEvent next = told.poll(Math.max(0, wait), TimeUnit.NANOSECONDS);
            if (next != null) {
                hear(next);
            } else if (coming.isEmpty()) {
                throw new RunFailedException("no worker said a word for " + SILENCE_S + " s");
            }
        }
        served.sort(Comparator.comparingLong(ServedRequest::id));
        return List.copyOf(served);
    }

    private long due() {
        return startNanos + (long) (coming.getFirst().arrivalS() * 1e9);
    }

    private void hear(WorkerEvent what) {
        switch (what) {
            case WorkerEvent.Failed failed -> throw new RunFailedException(failed.why());
            case WorkerEvent.Began began -> begun.put(began.job(), seconds(began.nanos()));
            case WorkerEvent.Holds holds -> {
                // Nobody asked for a quota.
            }
            case WorkerEvent.Ended ended -> {
                Arrival request = requests.remove(ended.job());
                if (request != null) {
                    double end = seconds(ended.nanos());
                    double begin = begun.getOrDefault(ended.job(), end);
                    served.add(new ServedRequest(request.id(), request.arrivalS(), begin, end, request.sizeS()));
                }
                doors.ended(ended.from());
            }
        }
    }

    private double seconds(long nanos) {
        return (nanos - startNanos) / 1e9;
    }
}
