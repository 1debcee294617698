package io.framequota.lab.serving;

import io.framequota.scheduler.simulator.Arrival;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Servers that serve requests in order of arrival. Busy servers share the cores equally, with at most one core each;
 * on average, this is how an operating system shares them.
 */
final class ProcessorSharingSimulation {
    private static final double NONE_LEFT = 1e-12;

    private final int servers;
    private final double cores;
    private final Deque<Arrival> coming;
    private final Deque<Arrival> queue = new ArrayDeque<>();
    private final List<Busy> busy = new ArrayList<>();
    private final List<ServedRequest> served = new ArrayList<>();
    private double now;

    /** A server with its request. */
    private static final class Busy {
        final Arrival request;
        final double beginS;
        double leftS;

        Busy(Arrival request, double beginS) {
            this.request = request;
            this.beginS = beginS;
            this.leftS = request.sizeS();
        }
    }

    private ProcessorSharingSimulation(List<Arrival> arrivals, int servers, double cores) {
        this.coming = new ArrayDeque<>(arrivals);
        this.servers = servers;
        this.cores = cores;
    }

    /**
     * Serves requests.
     *
     * @param arrivals in order
     * @param cores number of cores; infinite for requests that only wait
     * @return in order of arrival
     */
    static List<ServedRequest> serve(List<Arrival> arrivals, int servers, double cores) {
        ProcessorSharingSimulation run = new ProcessorSharingSimulation(arrivals, servers, cores);
        while (!run.coming.isEmpty() || !run.busy.isEmpty()) {
            run.step();
        }
        run.served.sort(java.util.Comparator.comparingLong(ServedRequest::id));
        return List.copyOf(run.served);
    }

    private void step() {
        double speed = Math.min(1, cores / Math.max(1, busy.size()));
        double next = busy.stream().mapToDouble(b -> b.leftS / speed).min().orElse(Double.POSITIVE_INFINITY);
        if (!coming.isEmpty()) {
            next = Math.min(next, Math.max(0, coming.getFirst().arrivalS() - now));
        }
        now += next;
        for (Busy server : busy) {
            server.leftS -= next * speed;
        }
        for (Busy server : List.copyOf(busy)) {
            if (server.leftS <= NONE_LEFT) {
                busy.remove(server);
                Arrival done = server.request;
                served.add(new ServedRequest(done.id(), done.arrivalS(), server.beginS, now, done.sizeS()));
            }
        }
        while (!coming.isEmpty() && coming.getFirst().arrivalS() <= now + NONE_LEFT) {
            queue.add(coming.removeFirst());
        }
        while (busy.size() < servers && !queue.isEmpty()) {
            busy.add(new Busy(queue.removeFirst(), now));
        }
    }
}
