package io.framequota.local.process;

import io.framequota.local.files.Folders;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** A process that is started again whenever it ends or reports itself DOWN for too long, until it is stopped. Thread-safe. */
public final class SupervisedProcess {
    /** A log above this size is rotated, also while its process runs. */
    static final long LOG_LIMIT_BYTES = 10 << 20;

    private static final Duration CHECK_INTERVAL = Duration.ofSeconds(2);
    private static final Duration TERMINATION_LIMIT = Duration.ofSeconds(5);

    /** A signal to the whole session reaches this process soon before or after its children, and is no fault of theirs. */
    private static final Duration SESSION_SIGNAL = Duration.ofSeconds(1);

    private static final Set<Integer> END_OF_SESSION = Set.of(130, 143);

    /** The process that checks keys. */
    private static final String KEYS_HOLDER = "ingest-service";

    /** Keys of this process's environment that no other process needs: those that decode strangers' files must not have them. */
    private static final Set<String> KEYS = Set.of("FRAMEQUOTA_ADMIN_KEY", "FRAMEQUOTA_METRICS_KEY", "FQ_KEY");

    private static final String LIVENESS_PATH = "/q/health/live";

    private final ProcessSpec spec;
    private final Watchdog watchdog;
    private final Consumer<String> say;
    private final LongConsumer onStart;
    private final Runnable onChange;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final LivenessPolicy liveness = new LivenessPolicy();
    private final Thread thread;
    private volatile @Nullable Process process;
    private volatile int restarts;

    /**
     * Starts the process.
     *
     * @param say receives a line for the user when the process ended and will be restarted
     * @param onStart receives the process id after each start, before the watchdog knows it
     * @param onChange is called after each start
     */
    public SupervisedProcess(
            ProcessSpec spec, Watchdog watchdog, Consumer<String> say, LongConsumer onStart, Runnable onChange) {
        this.spec = spec;
        this.watchdog = watchdog;
        this.say = say;
        this.onStart = onStart;
        this.onChange = onChange;
        thread = Thread.ofPlatform().daemon().name("supervise " + spec.name()).start(this::run);
    }

    public ProcessSpec spec() {
        return spec;
    }

    /** The process id, 0 while the process does not run. */
    public long pid() {
        Process p = process;
        return p != null && p.isAlive() ? p.pid() : 0;
    }

    /** How often the process was started again. */
    public int restarts() {
        return restarts;
    }

    /** Sends SIGTERM and stops supervising; returns at once. */
    public void requestStop() {
        stopping.countDown();
        Process p = process;
        if (p != null) {
            p.destroy();
        }
    }

    /** After {@link #requestStop}, waits until the process has ended; kills it when it takes longer than the limit. */
    public void awaitStop(Duration limit) throws InterruptedException {
        if (!thread.join(limit)) {
            kill();
            thread.join();
        }
    }

    /** Kills the process and its descendants and stops supervising; returns at once. */
    public void kill() {
        stopping.countDown();
        Process p = process;
        if (p != null) {
            List<ProcessHandle> descendants = p.descendants().toList();
            p.destroyForcibly();
            descendants.forEach(ProcessHandle::destroyForcibly);
        }
    }

    private void run() {
        RestartBackoff backoff = new RestartBackoff();
        try {
            while (stopping.getCount() > 0) {
                long start = System.nanoTime();
                String end = runOnce();
                Duration delay = backoff.after(Duration.ofNanos(System.nanoTime() - start));
                Process last = process;
                if (last != null && !last.isAlive() && END_OF_SESSION.contains(last.exitValue())) {
                    stopping.await(SESSION_SIGNAL.toMillis(), TimeUnit.MILLISECONDS);
                }
                if (stopping.getCount() == 0) {
                    return;
                }
                restarts++;
                say.accept(spec.name() + " " + end + "; restarting it (log: " + spec.log() + ")");
                stopping.await(delay.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            kill();
        }
    }

    /** Runs the process to its end, and describes that end. */
    private String runOnce() throws InterruptedException {
        try {
            LogFiles.rotate(spec.log(), LOG_LIMIT_BYTES);
            Folders.createPrivateFile(spec.log());
            ProcessBuilder builder = new ProcessBuilder(spec.command())
                    .directory(spec.folder().toFile())
                    .redirectInput(Redirect.from(new File("/dev/null")))
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.appendTo(spec.log().toFile()));
            setEnvironment(builder.environment(), spec);
            Process p = builder.start();
            onStart.accept(p.pid());
            watchdog.add(p.pid());
            process = p;
            if (stopping.getCount() == 0) {
                p.destroy();
            }
            onChange.run();
            String end = awaitEnd(p);
            watchdog.remove(p.pid());
            return end;
        } catch (IOException e) {
            return "could not be started: " + e.getMessage();
        }
    }

    /** Makes the environment that a process inherits its own. */
    static void setEnvironment(Map<String, String> environment, ProcessSpec spec) {
        if (!spec.name().equals(KEYS_HOLDER)) {
            KEYS.forEach(environment::remove);
        }
        environment.putAll(spec.environment());
    }

    /** Waits for the end of a process, or ends it when it is not alive; rotates its log meanwhile. */
    private String awaitEnd(Process p) throws InterruptedException {
        liveness.started();
        HttpProbe probe = spec.healthPort() == ProcessSpec.NO_HEALTH_PORT
                ? null
                : new HttpProbe(spec.healthPort(), LIVENESS_PATH);
        while (!p.waitFor(CHECK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
            try {
                LogFiles.rotate(spec.log(), LOG_LIMIT_BYTES);
            } catch (IOException e) {
                // The disk is full; the next check tries again.
            }
            if (probe != null && stopping.getCount() > 0 && liveness.mustRestart(probe.status(), CHECK_INTERVAL)) {
                p.destroy();
                if (!p.waitFor(TERMINATION_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                    p.destroyForcibly().waitFor();
                }
                return "reported that it is not alive (" + LIVENESS_PATH + " is DOWN)";
            }
        }
        int code = p.exitValue();
        return code > 128 ? "was ended by signal " + (code - 128) : "ended with exit code " + code;
    }
}
