package io.framequota.lab.worker;

/** A process or container that uses CPU time for one job after the other. For one thread; no method blocks. */
public interface BurnerWorker extends AutoCloseable {
    /** Unique within the backend. */
    String name();

    /** The units of work in {@code cpuS} CPU seconds, at least one. */
    long units(double cpuS);

    /** Begins a job. The previous job must have ended. */
    void run(long job, long units, Parallelism parallelism);

    /** Changes the parallelism of the running job. */
    void setParallelism(Parallelism parallelism);

    /** CPU seconds used so far, as far as known without waiting. */
    double cpuS();

    /** Ends the worker. Idempotent. */
    @Override
    void close();
}
