package io.framequota.lab.worker;

import java.util.function.LongConsumer;

/** A worker that does nothing itself; a test is told the number of each job that it begins. */
record FakeWorker(String name, LongConsumer begins) implements BurnerWorker {
    FakeWorker(String name) {
        this(name, job -> {});
    }

    @Override
    public long units(double cpuS) {
        return 1;
    }

    @Override
    public void run(long job, long units, Parallelism width) {
        begins.accept(job);
    }

    @Override
    public void setParallelism(Parallelism width) {}

    @Override
    public double cpuS() {
        return 0;
    }

    @Override
    public void close() {}
}
