package io.framequota.scheduler.experiment.local;

import io.framequota.burner.Burner;
import io.framequota.scheduler.enforce.CpuGroup;
import io.framequota.scheduler.enforce.CpuUse;
import io.framequota.scheduler.experiment.RunFailedException;
import io.framequota.scheduler.experiment.real.BurnerLine;
import io.framequota.scheduler.experiment.real.Told;
import io.framequota.scheduler.experiment.real.Worker;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A worker process and, where the kernel lets us, the group that it is in. */
final class LocalWorker implements Worker {
    private static final int STARTS_WITHIN_S = 60;

    private final String name;
    private final Process process;
    private final BurnerLine line;
    private final double unitNanos;

    @Nullable
    private CpuGroup group;

    private LocalWorker(String name, Process process, BurnerLine line, double unitNanos) {
        this.name = name;
        this.process = process;
        this.line = line;
        this.unitNanos = unitNanos;
    }

    /** Starts a process and measures what a unit of work costs it; nothing else of ours may run meanwhile. */
    static LocalWorker start(String name, BlockingQueue<Told> told) throws InterruptedException {
        Process process;
        try {
            process = builder().start();
        } catch (IOException e) {
            throw new RunFailedException("a worker process cannot be started: " + e.getMessage());
        }
        boolean measured = false;
        try {
            BurnerLine line = new BurnerLine(name, process.getOutputStream(), process.getInputStream());
            LocalWorker worker = new LocalWorker(name, process, line, line.calibrate(STARTS_WITHIN_S));
            // The monotonic clock is the machine's: the same in every process.
            line.listen(worker, nanos -> nanos, told::add);
            measured = true;
            return worker;
        } finally {
            if (!measured) {
                process.destroyForcibly();
            }
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

    /** Puts the process into a group; it was measured before: nothing limited it then. */
    void join(CpuGroup joined) {
        group = joined;
        joined.add(process.pid());
    }

    /** Its group, null where there are none. */
    @Nullable
    CpuGroup group() {
        return group;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long units(double cpuS) {
        return BurnerLine.units(cpuS, unitNanos);
    }

    @Override
    public void run(long job, long units, int threads) {
        line.run(job, units, threads);
    }

    @Override
    public void threads(int threads) {
        line.threads(threads);
    }

    @Override
    public double cpuS() {
        return use().cpuS();
    }

    /** What was counted for it so far. */
    CpuUse use() {
        return group == null ? new CpuUse(0, 0, 0, processS()) : group.use();
    }

    /** CPU seconds used so far, as the system counts them: in hundredths. */
    private double processS() {
        return process.toHandle()
                .info()
                .totalCpuDuration()
                .map(d -> d.toNanos() / 1e9)
                .orElse(0.0);
    }

    @Override
    public void close() {
        process.destroyForcibly();
        boolean interrupted = Thread.interrupted();
        try {
            process.waitFor(5, TimeUnit.SECONDS);
            line.drain();
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (group != null) {
            group.close();
        }
    }
}
