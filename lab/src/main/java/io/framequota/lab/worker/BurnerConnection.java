package io.framequota.lab.worker;

import io.framequota.common.cgroup.CpuQuota;
import io.framequota.lab.experiment.RunFailedException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongUnaryOperator;

/**
 * The connection to a burner process ({@link io.framequota.lab.burner.Burner}) over two byte streams. Orders and
 * questions must come from one thread.
 */
public final class BurnerConnection {
    private static final String GONE = "";

    private final String name;
    private final OutputStream orders;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final Thread reader;
    private volatile Listener listener = (what, number, nanos) -> {};

    /** Receives events: the kind, the job's number or the quota in microseconds, and the burner's time. */
    private interface Listener {
        void event(String what, long number, long nanos);
    }

    /**
     * Connects to a burner process.
     *
     * @param name name of the worker in error messages
     */
    public BurnerConnection(String name, OutputStream orders, InputStream output) {
        this.name = name;
        this.orders = orders;
        // A platform thread, because reading a pipe pins a virtual thread's carrier and there are at most 256 carriers.
        this.reader = Thread.ofPlatform().daemon().name(name + "-output").start(() -> read(output));
    }

    /**
     * Passes all further events to a consumer, from one thread.
     *
     * @param worker source of the events
     * @param clock converts the burner's nanoseconds to those of this process
     */
    public void listen(BurnerWorker worker, LongUnaryOperator clock, Consumer<WorkerEvent> events) {
        listener = (what, number, nanos) -> events.accept(
                switch (what) {
                    case "began" -> new WorkerEvent.Began(worker, number, clock.applyAsLong(nanos));
                    case "ended" -> new WorkerEvent.Ended(worker, number, clock.applyAsLong(nanos));
                    case "holds" ->
                        new WorkerEvent.Holds(
                                worker, (int) (number * 1000 / CpuQuota.PERIOD_US), clock.applyAsLong(nanos));
                    default -> new WorkerEvent.Failed(worker, name + " has ended");
                });
    }

    /** Starts a job of {@code units} units of work. */
    public void run(long job, long units, Parallelism parallelism) {
        order("run " + job + " " + units + " " + parallelism.words());
    }

    /** Changes the parallelism of the running job. */
    public void setParallelism(Parallelism parallelism) {
        order("threads " + parallelism.words());
    }

    /** Sends an order without an answer. */
    public void order(String order) {
        try {
            synchronized (orders) {
                orders.write((order + "\n").getBytes(StandardCharsets.US_ASCII));
                orders.flush();
            }
        } catch (IOException e) {
            throw new RunFailedException(name + " has ended: " + e.getMessage());
        }
    }

    /**
     * Sends a question and waits for its answer.
     *
     * @return the words of the answer after the first one
     * @throws RunFailedException if no such answer arrives in time
     */
    public String[] ask(String question, String word, int seconds) throws InterruptedException {
        answers.clear();
        order(question);
        String answer = answers.poll(seconds, TimeUnit.SECONDS);
        if (answer == null || !answer.startsWith(word + " ")) {
            throw new RunFailedException(
                    name + (answer == null ? " did not answer within " + seconds + " s" : " ended before it answered"));
        }
        return answer.substring(word.length() + 1).split(" ", -1);
    }

    /** Measures the CPU nanoseconds of a unit of work. No other worker may run meanwhile. */
    public double calibrate(int seconds) throws InterruptedException {
        return Double.parseDouble(ask("calibrate", "unit", seconds)[0]);
    }

    /** The units of work in {@code cpuS} CPU seconds, at least one. */
    public static long units(double cpuS, double unitNanos) {
        return Math.max(1, Math.round(cpuS * 1e9 / unitNanos));
    }

    /** Waits up to a second for the output of a burner that has ended. */
    public void drain() throws InterruptedException {
        reader.join(java.time.Duration.ofSeconds(1));
    }

    private void read(InputStream in) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                handle(line);
            }
        } catch (IOException | UncheckedIOException e) {
            // The stream has ended; the listener is told below.
        }
        answers.add(GONE);
        listener.event("died", 0, 0);
    }

    private void handle(String line) {
        String[] words = line.split(" ", -1);
        switch (words[0]) {
            case "began", "ended", "holds" ->
                listener.event(words[0], Long.parseLong(words[1]), Long.parseLong(words[2]));
            default -> answers.add(line);
        }
    }
}
