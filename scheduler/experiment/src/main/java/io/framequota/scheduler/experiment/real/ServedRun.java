package io.framequota.scheduler.experiment.real;

import io.framequota.scheduler.experiment.RunFailedException;
import io.framequota.scheduler.experiment.serving.Served;
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
public final class ServedRun {
    /** A machine that is this long without a word from a worker is not serving. */
    private static final long SILENCE_S = 600;

    private final Doors doors;
    private final BlockingQueue<Told> told;
    private final long startNanos;
    private final Deque<Arrival> coming;
    private final Deque<Arrival> line = new ArrayDeque<>();
    private final Map<Long, Arrival> requests = new HashMap<>();
    private final Map<Long, Double> begun = new HashMap<>();
    private final List<Served> served = new ArrayList<>();

    /** Starts at {@code startNanos} of {@link System#nanoTime()}. */
    public ServedRun(List<Arrival> arrivals, Doors doors, BlockingQueue<Told> told, long startNanos) {
        this.coming = new ArrayDeque<>(arrivals);
        this.doors = doors;
        this.told = told;
        this.startNanos = startNanos;
        arrivals.forEach(a -> requests.put(a.id(), a));
    }

    /** Runs until every request has ended; in order of arrival. */
    public List<Served> run() throws InterruptedException {
        int all = requests.size();
        while (served.size() < all) {
            while (!coming.isEmpty() && due() <= System.nanoTime()) {
                line.add(coming.removeFirst());
            }
            while (!line.isEmpty() && doors.open()) {
                doors.take(line.removeFirst());
            }
            long wait = coming.isEmpty() ? TimeUnit.SECONDS.toNanos(SILENCE_S) : due() - System.nanoTime();
            Told next = told.poll(Math.max(0, wait), TimeUnit.NANOSECONDS);
            if (next != null) {
                hear(next);
            } else if (coming.isEmpty()) {
                throw new RunFailedException("no worker said a word for " + SILENCE_S + " s");
            }
        }
        served.sort(Comparator.comparingLong(Served::id));
        return List.copyOf(served);
    }

    private long due() {
        return startNanos + (long) (coming.getFirst().arrivalS() * 1e9);
    }

    private void hear(Told what) {
        switch (what) {
            case Told.Failed failed -> throw new RunFailedException(failed.why());
            case Told.Began began -> begun.put(began.job(), seconds(began.nanos()));
            case Told.Holds holds -> {
                // Nobody asked for a quota.
            }
            case Told.Ended ended -> {
                Arrival request = requests.remove(ended.job());
                if (request != null) {
                    double end = seconds(ended.nanos());
                    double begin = begun.getOrDefault(ended.job(), end);
                    served.add(new Served(request.id(), request.arrivalS(), begin, end, request.sizeS()));
                }
                doors.ended(ended.from());
            }
        }
    }

    private double seconds(long nanos) {
        return (nanos - startNanos) / 1e9;
    }
}
