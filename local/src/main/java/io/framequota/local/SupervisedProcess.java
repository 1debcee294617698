package io.framequota.local;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** One process that is started again whenever it ends, or stays without life by its own word, until it is stopped. */
final class SupervisedProcess {
    /** A log beyond this many bytes is put aside, also while its process runs; one older log is kept. */
    static final long LOG_LIMIT = 10 << 20;

    private static final Duration LOOK = Duration.ofSeconds(2);
    private static final Duration MAY_STOP = Duration.ofSeconds(5);

    private static final String ALIVE = "/q/health/live";

    private final ProcessSpec spec;
    private final Watchdog watchdog;
    private final Consumer<String> say;
    private final LongConsumer born;
    private final Runnable changed;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final LivenessPolicy liveness = new LivenessPolicy();
    private final Thread thread;
    private volatile @Nullable Process process;
    private volatile int restarts;

    /**
     * Starts it.
     *
     * @param say hears, in a line for people, that it ended and starts again
     * @param changed is called after each start
     */
    SupervisedProcess(ProcessSpec spec, Watchdog watchdog, Consumer<String> say, Runnable changed) {
        this(spec, watchdog, say, pid -> {}, changed);
    }

    /** The same; {@code born} is given the process's id before anything else happens at each start. */
    SupervisedProcess(ProcessSpec spec, Watchdog watchdog, Consumer<String> say, LongConsumer born, Runnable changed) {
        this.spec = spec;
        this.watchdog = watchdog;
        this.say = say;
        this.born = born;
        this.changed = changed;
        thread = Thread.ofPlatform().daemon().name("supervise " + spec.name()).start(this::run);
    }

    ProcessSpec spec() {
        return spec;
    }

    /** The process's id, 0 while there is none. */
    long pid() {
        Process p = process;
        return p != null && p.isAlive() ? p.pid() : 0;
    }

    /** How often it was started again. */
    int restarts() {
        return restarts;
    }

    /** Asks it to end, once and for all; returns at once. */
    void requestStop() {
        stopping.countDown();
        Process p = process;
        if (p != null) {
            p.destroy();
        }
    }

    /** Waits until it has ended after {@link #requestStop}; kills it when it takes longer. */
    void awaitStop(Duration limit) throws InterruptedException {
        if (!thread.join(limit)) {
            kill();
            thread.join();
        }
    }

    /** Kills it and what it has started, once and for all; returns at once. */
    void kill() {
        stopping.countDown();
        Process p = process;
        if (p != null) {
            List<ProcessHandle> below = p.descendants().toList();
            p.destroyForcibly();
            below.forEach(ProcessHandle::destroyForcibly);
        }
    }

    private void run() {
        RestartBackoff backoff = new RestartBackoff();
        try {
            while (stopping.getCount() > 0) {
                long start = System.nanoTime();
                String end = live();
                Duration wait = backoff.after(Duration.ofNanos(System.nanoTime() - start));
                if (stopping.getCount() == 0) {
                    return;
                }
                restarts++;
                say.accept(spec.name() + " " + end + "; it starts again (its log: " + spec.log() + ")");
                stopping.await(wait.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            kill();
        }
    }

    /** Runs it once and says how it ended. */
    private String live() throws InterruptedException {
        try {
            LogFiles.putAside(spec.log(), LOG_LIMIT);
            DataFolder.makeFile(spec.log());
            ProcessBuilder builder = new ProcessBuilder(spec.command())
                    .directory(spec.folder().toFile())
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(spec.log().toFile()));
            builder.environment().putAll(spec.environment());
            Process p = builder.start();
            born.accept(p.pid());
            watchdog.add(p.pid());
            process = p;
            if (stopping.getCount() == 0) {
                p.destroy();
            }
            changed.run();
            String end = end(p);
            watchdog.remove(p.pid());
            return end;
        } catch (IOException e) {
            return "cannot be started: " + e.getMessage();
        }
    }

    /** Waits for its end, or brings it about, and says which; keeps its log small meanwhile. */
    private String end(Process p) throws InterruptedException {
        liveness.started();
        HttpProbe probe = spec.health() == ProcessSpec.UNASKED ? null : new HttpProbe(spec.health(), ALIVE);
        while (!p.waitFor(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
            try {
                LogFiles.putAside(spec.log(), LOG_LIMIT);
            } catch (IOException e) {
                // A full disk: tried again, as long as it takes.
            }
            if (probe != null && stopping.getCount() > 0 && liveness.isSpent(probe.status(), LOOK)) {
                p.destroy();
                if (!p.waitFor(MAY_STOP.toMillis(), TimeUnit.MILLISECONDS)) {
                    p.destroyForcibly().waitFor();
                }
                return "reported that it is not alive (" + ALIVE + " is DOWN)";
            }
        }
        int code = p.exitValue();
        return code > 128 ? "was ended by signal " + (code - 128) : "ended with " + code;
    }
}
