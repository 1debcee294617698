package io.framequota.inferenceserver.execution;

import io.framequota.inferenceserver.backend.ExecutionResult;
import io.framequota.inferenceserver.backend.Model;
import io.framequota.inferenceserver.refusal.RefusedException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Runs a model. A fixed number of requests of each caller run at once, each on its own thread. Others wait in their
 * caller's queue, those with a priority in front and else in order; it is bounded in requests, and the bytes of all queues together are bounded, too. A full queue refuses. Owns the
 * model.
 */
public final class ModelExecutor implements AutoCloseable {
    private static final int MOST_CALLERS = 1024;

    private final String name;
    private final Model model;
    private final InstantSource clock;
    private final QueueLimit limit;
    private final InferenceCounters counters = new InferenceCounters();
    /** The memory of each thread. */
    private final ThreadLocal<StagingMemory> staging = new ThreadLocal<>();

    private final AtomicInteger started = new AtomicInteger();
    private final AtomicLong arrivals = new AtomicLong();
    private final AtomicLong queuedBytes = new AtomicLong();
    private final int instances;
    /** The threads and the queue of each caller. */
    private final Map<String, ThreadPoolExecutor> callers = new ConcurrentHashMap<>();

    private boolean closed;

    /**
     * Starts no thread before the first request.
     *
     * @param instances concurrent runs for each caller
     * @param limit of the queue
     */
    public ModelExecutor(String name, Model model, int instances, QueueLimit limit, InstantSource clock) {
        this.name = name;
        this.model = model;
        this.clock = clock;
        this.limit = limit;
        this.instances = instances;
    }

    private ThreadPoolExecutor threads(String caller) {
        ThreadPoolExecutor known = callers.get(caller);
        return known != null ? known : newThreads(caller);
    }

    private synchronized ThreadPoolExecutor newThreads(String caller) {
        if (closed) {
            throw unloading();
        }
        if (callers.size() >= MOST_CALLERS) {
            throw RefusedException.unavailable("model '" + name + "' has " + MOST_CALLERS + " callers already");
        }
        return callers.computeIfAbsent(
                caller,
                _ -> new ThreadPoolExecutor(
                        instances,
                        instances,
                        0,
                        TimeUnit.SECONDS,
                        new RequestQueue(limit.requests()),
                        worker -> Thread.ofPlatform()
                                .daemon()
                                .name(name + "-" + started.getAndIncrement())
                                .unstarted(() -> work(worker))));
    }

    private void work(Runnable worker) {
        try (StagingMemory memory = new StagingMemory()) {
            staging.set(memory);
            worker.run();
        } finally {
            staging.remove();
        }
    }

    /** The number of concurrent runs for each caller. */
    public int instances() {
        return instances;
    }

    /** The number of waiting requests. */
    public int queuedRequests() {
        return callers.values().stream()
                .mapToInt(threads -> threads.getQueue().size())
                .sum();
    }

    /** Bytes of this process's memory that waiting requests hold. */
    public long queuedBytes() {
        return queuedBytes.get();
    }

    public InferenceCounters.Snapshot statistics() {
        return counters.snapshot();
    }

    /**
     * Accepts a request; another thread answers it.
     *
     * @throws RefusedException when the queue is full or the model is being unloaded; the request stays untouched
     */
    public void submit(InferenceRequest request) {
        ThreadPoolExecutor threads = threads(request.caller());
        long bytes = request.heldBytes();
        if (queuedBytes.addAndGet(bytes) > limit.bytes() && queuedBytes.get() != bytes) {
            queuedBytes.addAndGet(-bytes);
            throw full();
        }
        long accepted = System.nanoTime();
        try {
            threads.execute(new RequestQueue.Waiting(request.priority(), arrivals.incrementAndGet(), () -> {
                queuedBytes.addAndGet(-bytes);
                run(request, accepted);
            }));
        } catch (RejectedExecutionException e) {
            queuedBytes.addAndGet(-bytes);
            throw threads.isShutdown() ? unloading() : full();
        }
    }

    private RefusedException unloading() {
        return RefusedException.unavailable("model '" + name + "' is being unloaded");
    }

    private RefusedException full() {
        return RefusedException.unavailable("the queue of model '" + name + "' is full; send fewer requests at once");
    }

    private void run(InferenceRequest request, long accepted) {
        long start = System.nanoTime();
        StagingMemory memory = staging.get();
        try {
            if (request.cancelled()) {
                throw new CancellationException("the request for model '" + name + "' was cancelled");
            }
            long cpuStart = Cpu.CLOCK.getCurrentThreadCpuTime();
            var inputs = request.inputs(memory);
            var outputs = request.outputs(memory);
            long staged = System.nanoTime() - start;
            ExecutionResult done = model.run(inputs, outputs);
            long cpu = Cpu.CLOCK.getCurrentThreadCpuTime() - cpuStart;
            InferenceTiming timing = new InferenceTiming(
                    start - accepted, staged + done.inputNs(), done.inferNs(), done.outputNs(), cpu);
            // Counted before the answer is sent, so that a client with the answer finds it counted.
            counters.succeeded(request.batch(), timing, clock.millis());
            request.answered(done.outputs(), timing);
        } catch (Throwable e) {
            counters.failed(System.nanoTime() - accepted);
            request.failed(e);
        } finally {
            memory.reset();
        }
    }

    /** Refuses new requests, waits for the accepted ones and frees the model. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            callers.values().forEach(ThreadPoolExecutor::shutdown);
        }
        boolean interrupted = false;
        for (ThreadPoolExecutor threads : callers.values()) {
            while (!threads.isTerminated()) {
                try {
                    threads.awaitTermination(1, TimeUnit.DAYS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        model.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Loaded at the first request, because the management beans would add 30 ms to the start. */
    private static final class Cpu {
        static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();
    }
}
