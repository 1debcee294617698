package io.framequota.lab.burner;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * Serves each request in one thread: sequentially, in virtual threads, in platform threads, or in a process that is
 * started for it.
 */
final class RequestExecutor {
    /** Receives the events of requests, from their threads. */
    interface EventListener {
        void event(String kind, long job);
    }

    private final EventListener events;
    private final Consumer<String> relay;
    private final Map<String, Executor> threads = new HashMap<>();

    /** Passes the output of child processes to {@code relay}. */
    RequestExecutor(EventListener events, Consumer<String> relay) {
        this.events = events;
        this.relay = relay;
    }

    /**
     * Begins or queues a request.
     *
     * @param each sequential, virtual, platform or process
     * @param kind computing, with the amount in units of work, or waiting, with the amount in nanoseconds
     */
    void serve(String each, String kind, long job, long amount) throws IOException {
        if (each.equals("process")) {
            ChildProcess.serve("serve sequential " + kind + " " + job + " " + amount, relay);
            return;
        }
        Runnable work = switch (kind) {
            case "computing" -> () -> WorkUnit.units(amount);
            case "waiting" -> () -> pause(amount);
            default -> throw new IOException("not a kind of request: " + kind);
        };
        executor(each).execute(() -> {
            events.event("began", job);
            work.run();
            events.event("ended", job);
        });
    }

    private Executor executor(String kind) throws IOException {
        Executor there = threads.get(kind);
        if (there == null) {
            Thread.Builder.OfPlatform platform = Thread.ofPlatform().daemon();
            there = switch (kind) {
                case "sequential" -> Executors.newSingleThreadExecutor(platform.factory());
                case "virtual" -> Executors.newVirtualThreadPerTaskExecutor();
                case "platform" -> Executors.newThreadPerTaskExecutor(platform.factory());
                default -> throw new IOException("not a kind of threads: " + kind);
            };
            threads.put(kind, there);
        }
        return there;
    }

    private static void pause(long nanos) {
        try {
            Thread.sleep(Duration.ofNanos(nanos));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
