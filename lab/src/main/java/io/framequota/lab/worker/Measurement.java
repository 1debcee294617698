package io.framequota.lab.worker;

import io.framequota.common.cgroup.CpuUsage;
import java.util.concurrent.TimeUnit;

/**
 * The result of a run and the CPU time that was used meanwhile.
 *
 * @param used by the workers
 * @param otherCores cores that all other processes of the machine used, on average
 */
public record Measurement<T>(T result, CpuUsage used, double otherCores) {
    /** From the last preparation to the first arrival; quotas of an earlier run are refilled meanwhile. */
    private static final long LEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** A run that starts at a time of {@link System#nanoTime()}. */
    public interface TimedRun<T> {
        T run(long startNanos) throws InterruptedException;
    }

    /** Measures a run on the workers of a backend. Events from before the run are dropped. */
    public static <T> Measurement<T> of(WorkerBackend backend, TimedRun<T> run) throws InterruptedException {
        backend.events().clear();
        WorkerBackend.Counted before = backend.count();
        long counted = System.nanoTime();
        T result = run.run(counted + LEAD_NANOS);
        WorkerBackend.Counted after = backend.count();
        double seconds = (System.nanoTime() - counted) / 1e9;
        CpuUsage used = after.workers().since(before.workers());
        double others = Math.max(0, after.machineS() - before.machineS() - used.cpuS());
        return new Measurement<>(result, used, others / seconds);
    }
}
