package io.framequota.lab.worker;

import io.framequota.scheduler.simulator.Arrival;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Gives each request to the worker that has been free longest; a worker serves one request at a time.
 *
 * @param <W> kind of worker
 */
public final class FirstFreeRouter<W extends BurnerWorker> implements RequestRouter {
    private final List<W> workers;
    private final Deque<W> free;
    private final BiConsumer<W, Arrival> serve;

    /** @param serve gives a request to a worker */
    public FirstFreeRouter(List<W> workers, BiConsumer<W, Arrival> serve) {
        this.workers = List.copyOf(workers);
        this.free = new ArrayDeque<>(workers);
        this.serve = serve;
    }

    @Override
    public boolean open() {
        return !free.isEmpty();
    }

    @Override
    public void take(Arrival request) {
        serve.accept(free.removeFirst(), request);
    }

    @Override
    public void ended(BurnerWorker worker) {
        workers.stream().filter(w -> w == worker).forEach(free::addLast);
    }
}
