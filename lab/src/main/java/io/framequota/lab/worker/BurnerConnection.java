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
 * Orders to a burner ({@link io.framequota.lab.burner.Burner}) and what it says, over two streams of bytes. Orders and
 * questions come from one thread.
 */
public final class BurnerConnection {
    private static final String GONE = "";

    private final String name;
    private final OutputStream orders;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final Thread reader;
    private volatile Listener listener = (what, number, nanos) -> {};

    /** Is told events: what happened, the job's number or the quota's microseconds, and when by the burner's clock. */
    private interface Listener {
        void events(String what, long number, long nanos);
    }

    /**
     * A line to a burner that is starting or has started.
     *
     * @param name of the worker, for complaints
     */
    public BurnerConnection(String name, OutputStream orders, InputStream said) {
        this.name = name;
        this.orders = orders;
        // Reading a pipe holds a virtual thread's carrier, and of those there are 256 at most.
        this.reader = Thread.ofPlatform().daemon().name(name + "-line").start(() -> read(said));
    }

    /**
     * From now on events are told, from one thread.
     *
     * @param worker whose they are
     * @param clock from the burner's time to this process's
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

    /** Orders so many units of work for a job. */
    public void run(long job, long units, Parallelism parallelism) {
        order("run " + job + " " + units + " " + parallelism.words());
    }

    /** Orders that what runs goes on so wide. */
    public void setParallelism(Parallelism parallelism) {
        order("threads " + parallelism.words());
    }

    /** Sends an order that has no answer. */
    public void order(String line) {
        try {
            synchronized (orders) {
                orders.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
                orders.flush();
            }
        } catch (IOException e) {
            throw new RunFailedException(name + " has ended: " + e.getMessage());
        }
    }

    /**
     * Sends a question.
     *
     * @return the words after the first, which is the question's own
     * @throws RunFailedException when no such answer comes in time
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

    /** What a unit of work costs there, in nanoseconds of CPU time; nothing else of ours may run meanwhile. */
    public double calibrate(int seconds) throws InterruptedException {
        return Double.parseDouble(ask("calibrate", "unit", seconds)[0]);
    }

    /** Units of work in so many CPU seconds, at least one. */
    public static long units(double cpuS, double unitNanos) {
        return Math.max(1, Math.round(cpuS * 1e9 / unitNanos));
    }

    /** Waits a little for the last words of a burner that was ended. */
    public void drain() throws InterruptedException {
        reader.join(java.time.Duration.ofSeconds(1));
    }

    private void read(InputStream in) {
        try (BufferedReader said = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                hear(line);
            }
        } catch (IOException | UncheckedIOException e) {
            // The end of the stream, told below.
        }
        answers.add(GONE);
        listener.events("died", 0, 0);
    }

    private void hear(String line) {
        String[] words = line.split(" ", -1);
        switch (words[0]) {
            case "began", "ended", "holds" ->
                listener.events(words[0], Long.parseLong(words[1]), Long.parseLong(words[2]));
            default -> answers.add(line);
        }
    }
}
