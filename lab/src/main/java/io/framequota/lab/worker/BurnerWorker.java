package io.framequota.lab.worker;

/** A process or container that burns one job after the other. Orders come from one thread; none of them waits. */
public interface BurnerWorker extends AutoCloseable {
    /** Unique among the workers of a site. */
    String name();

    /** Units of work in so many CPU seconds, at least one. */
    long units(double cpuS);

    /** Begins a job; the one before has ended. */
    void run(long job, long units, Parallelism parallelism);

    /** How wide its job runs from now on. */
    void setParallelism(Parallelism parallelism);

    /** CPU seconds used so far, as well as it is known here without waiting. */
    double cpuS();

    /** Ends it. Idempotent. */
    @Override
    void close();
}
