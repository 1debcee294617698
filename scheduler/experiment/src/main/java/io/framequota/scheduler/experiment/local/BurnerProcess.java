package io.framequota.scheduler.experiment.local;

import io.framequota.burner.Burner;
import io.framequota.scheduler.experiment.RunFailedException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** One worker process: takes orders, tells what happened to a queue. Orders come from one thread. */
final class BurnerProcess implements AutoCloseable {
    private final Process process;
    private final OutputStream orders;
    private final Thread reader;
    private final double unitNanos;

    /** What a worker process says. */
    sealed interface Told {
        /** Its worker. */
        BurnerProcess from();

        /** The job's first unit is about to be worked on. */
        record Began(BurnerProcess from, long job, long nanos) implements Told {}

        /** The job's last unit is done. */
        record Ended(BurnerProcess from, long job, long nanos) implements Told {}

        /** The process is gone. */
        record Died(BurnerProcess from) implements Told {}
    }

    private BurnerProcess(Process process, BufferedReader said, double unitNanos, BlockingQueue<Told> told) {
        this.process = process;
        this.orders = process.getOutputStream();
        this.unitNanos = unitNanos;
        this.reader = Thread.ofVirtual().start(() -> read(said, told));
    }

    /** Starts a process and measures what a unit of work costs it; nothing else of ours may run meanwhile. */
    static BurnerProcess start(BlockingQueue<Told> told) throws IOException {
        Process process = builder().start();
        try {
            BufferedReader said = process.inputReader(StandardCharsets.US_ASCII);
            send(process.getOutputStream(), "calibrate");
            String answer = said.readLine();
            if (answer == null || !answer.startsWith("unit ")) {
                throw new IOException("a worker process did not start: " + answer);
            }
            return new BurnerProcess(process, said, Double.parseDouble(answer.substring("unit ".length())), told);
        } catch (IOException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private static ProcessBuilder builder() {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx16m",
                        "-Xss256k",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:-UsePerfData",
                        Burner.class.getName()))
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        try {
            // In the environment: a command line names no module but its own.
            builder.environment()
                    .put(
                            "CLASSPATH",
                            Path.of(Burner.class
                                            .getProtectionDomain()
                                            .getCodeSource()
                                            .getLocation()
                                            .toURI())
                                    .toString());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
        return builder;
    }

    long pid() {
        return process.pid();
    }

    /** CPU seconds used so far, as the system counts them: in hundredths. */
    double cpuS() {
        return process.toHandle()
                .info()
                .totalCpuDuration()
                .map(d -> d.toNanos() / 1e9)
                .orElse(0.0);
    }

    /** Units of work in so many CPU seconds, at least one. */
    long units(double cpuS) {
        return Math.max(1, Math.round(cpuS * 1e9 / unitNanos));
    }

    void run(long job, long units, int threads) {
        order("run " + job + " " + units + " " + threads);
    }

    void threads(int threads) {
        order("threads " + threads);
    }

    @Override
    public void close() {
        process.destroyForcibly();
        boolean interrupted = Thread.interrupted();
        try {
            process.waitFor(5, TimeUnit.SECONDS);
            reader.join(java.time.Duration.ofSeconds(1));
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void order(String line) {
        try {
            send(orders, line);
        } catch (IOException e) {
            throw new RunFailedException("a worker process has ended: " + e.getMessage());
        }
    }

    private static void send(OutputStream orders, String line) throws IOException {
        orders.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
        orders.flush();
    }

    private void read(BufferedReader said, BlockingQueue<Told> told) {
        try {
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                String[] words = line.split(" ", -1);
                long job = Long.parseLong(words[1]);
                long nanos = Long.parseLong(words[2]);
                told.add(
                        words[0].equals("began") ? new Told.Began(this, job, nanos) : new Told.Ended(this, job, nanos));
            }
        } catch (IOException | UncheckedIOException e) {
            // The end of the pipe, told below.
        }
        told.add(new Told.Died(this));
    }
}
