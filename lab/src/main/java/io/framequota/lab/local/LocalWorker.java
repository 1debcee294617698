package io.framequota.lab.local;

import io.framequota.common.cgroup.CpuUsage;
import io.framequota.common.cgroup.OwnCgroup;
import io.framequota.lab.burner.Burner;
import io.framequota.lab.experiment.RequestKind;
import io.framequota.lab.experiment.RunFailedException;
import io.framequota.lab.experiment.ServingMode;
import io.framequota.lab.worker.BurnerConnection;
import io.framequota.lab.worker.BurnerWorker;
import io.framequota.lab.worker.Parallelism;
import io.framequota.lab.worker.WorkerEvent;
import io.framequota.scheduler.cgroup.Cgroup;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A worker process with its control group, if there is one. */
final class LocalWorker implements BurnerWorker {
    private static final int STARTS_WITHIN_S = 60;

    private final String name;
    private final Process process;
    private final BurnerConnection line;
    private final double unitNanos;

    private final @Nullable Cgroup group;

    private LocalWorker(String name, Process process, @Nullable Cgroup group, BurnerConnection line, double unitNanos) {
        this.name = name;
        this.process = process;
        this.group = group;
        this.line = line;
        this.unitNanos = unitNanos;
    }

    /**
     * Starts a process and calibrates it. No other worker may run meanwhile, and no limit may apply.
     *
     * @param group its control group; null without groups
     */
    static LocalWorker start(
            String name, List<String> options, @Nullable Cgroup group, BlockingQueue<WorkerEvent> events)
            throws InterruptedException {
        Process process = process(options);
        boolean measured = false;
        try {
            if (group != null) {
                group.add(process.pid());
            }
            BurnerConnection line = new BurnerConnection(name, process.getOutputStream(), process.getInputStream());
            LocalWorker worker = new LocalWorker(name, process, group, line, line.calibrate(STARTS_WITHIN_S));
            worker.listen(events);
            measured = true;
            return worker;
        } finally {
            if (!measured) {
                process.destroyForcibly();
            }
        }
    }

    private void listen(BlockingQueue<WorkerEvent> events) {
        // All processes of a machine have the same monotonic clock.
        line.listen(this, nanos -> nanos, events::add);
    }

    private static Process process(List<String> options) {
        try {
            return builder(options).start();
        } catch (IOException e) {
            throw new RunFailedException("a worker process cannot be started: " + e.getMessage());
        }
    }

    private static ProcessBuilder builder(List<String> options) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx16m",
                "-Xss256k",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData"));
        command.addAll(options);
        command.add(Burner.class.getName());
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        // In the environment, because no command line names a module that is not its own.
        builder.environment().put("CLASSPATH", location(Burner.class) + File.pathSeparator + location(OwnCgroup.class));
        return builder;
    }

    private static Path location(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The control group; null without groups. */
    @Nullable
    Cgroup group() {
        return group;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long units(double cpuS) {
        return BurnerConnection.units(cpuS, unitNanos);
    }

    @Override
    public void run(long job, long units, Parallelism parallelism) {
        line.run(job, units, parallelism);
    }

    /** Serves a request of {@code sizeS} CPU seconds, or seconds of waiting. */
    void serve(ServingMode.ExecutionModel each, RequestKind kind, long job, double sizeS) {
        long amount = kind == RequestKind.COMPUTING ? units(sizeS) : Math.round(sizeS * 1e9);
        line.order("serve " + each.order() + " " + kind.word() + " " + job + " " + amount);
    }

    /** Serves a request with a pool, in pieces of serial units and a part for each thread. */
    void pool(long job, long pieces, int serialUnits, int partUnits, ServingMode.Pool pool) {
        line.order("pool " + job + " " + pieces + " " + serialUnits + " " + partUnits + " " + pool.threads() + " "
                + pool.spin());
    }

    /** Memory of the process in MiB, with shared pages divided among their users; 0 if unknown. */
    double memoryMib() {
        return ProcessMemory.proportionalMib(process.pid());
    }

    @Override
    public void setParallelism(Parallelism parallelism) {
        line.setParallelism(parallelism);
    }

    @Override
    public double cpuS() {
        return use().cpuS();
    }

    /** CPU use so far. */
    CpuUsage use() {
        return group == null ? new CpuUsage(0, 0, 0, processS()) : group.use();
    }

    /** CPU seconds so far, in the system's resolution of a hundredth. */
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
