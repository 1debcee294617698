package io.framequota.lab.kubernetes;

import io.fabric8.kubernetes.client.dsl.ExecWatch;
import io.framequota.common.cgroup.CpuQuota;
import io.framequota.common.cgroup.CpuUsage;
import io.framequota.lab.experiment.RunFailedException;
import io.framequota.lab.worker.BurnerConnection;
import io.framequota.lab.worker.BurnerWorker;
import io.framequota.lab.worker.Parallelism;
import io.framequota.lab.worker.WorkerEvent;
import java.util.concurrent.BlockingQueue;

/** A pod that burns, reached over its standard input and output. */
final class PodWorker implements BurnerWorker {
    /** A parked worker has a hundredth of a core for its answers. */
    private static final int ANSWER_S = 60;

    private final String name;
    private final String node;
    private final ExecWatch attached;
    private final BurnerConnection line;
    private final BlockingQueue<WorkerEvent> events;
    private final HandoverTimes handovers;
    private final CpuTimeEstimate accrued = new CpuTimeEstimate(System.nanoTime());
    private volatile double unitNanos;
    private volatile long offset;
    private volatile int held;
    private volatile int wished;
    private volatile long wishedNanos;
    private volatile boolean measured;
    private volatile boolean closed;

    /** A pod that runs. Events go to {@code events}. */
    PodWorker(
            String name, String node, ExecWatch attached, BlockingQueue<WorkerEvent> events, HandoverTimes handovers) {
        this.name = name;
        this.node = node;
        this.attached = attached;
        this.events = events;
        this.handovers = handovers;
        this.line = new BurnerConnection(name, attached.getInput(), attached.getOutput());
    }

    /** Waits until it answers, and listens from then on. */
    void greet() throws InterruptedException {
        offset = ClockOffset.measure(line);
        line.listen(this, nanos -> nanos - offset, this::hear);
    }

    private void hear(WorkerEvent event) {
        if (event instanceof WorkerEvent.Holds holds) {
            held = holds.millicores();
            accrued.quota(holds.millicores(), holds.nanos());
            if (holds.millicores() == wished && measured) {
                handovers.add(holds.nanos() - wishedNanos);
            }
        }
        if (!closed) {
            events.add(event);
        }
    }

    /** The node that it is on. */
    String node() {
        return node;
    }

    /** What a unit of work costs there; its quota is a core or less, and nobody else is working. */
    void calibrate() throws InterruptedException {
        unitNanos = line.calibrate(ANSWER_S);
    }

    /**
     * Is about to be resized: it will tell when this quota is in force.
     *
     * @param counts whether how long that takes is a handover to be reported
     */
    void expect(int millicores, boolean counts) {
        measured = counts;
        wished = millicores;
        wishedNanos = System.nanoTime();
        // Any whole millicores: the grid of 10m is the policies'.
        line.order("await " + millicores * CpuQuota.PERIOD_US / 1000);
    }

    /** Whether the quota that was last expected is in force, as the worker itself read it. */
    boolean settled() {
        return held == wished;
    }

    /** The quota that was last found in force. */
    int held() {
        return held;
    }

    /** The quota that was last expected. */
    int wished() {
        return wished;
    }

    /** Reads the quota in force once more: no run counts under another than was allocated. */
    void verify() throws InterruptedException {
        String[] words = line.ask("quota", "quota", ANSWER_S);
        double millicores = new CpuQuota(Long.parseLong(words[0]), Long.parseLong(words[1])).millicores();
        if (millicores != wished) {
            throw new RunFailedException(
                    name + " has a quota of " + millicores + "m in force where " + wished + "m were allocated");
        }
    }

    /** What the kernel counted, and CPU seconds of the whole machine. */
    Counts counts() throws InterruptedException {
        String[] words = line.ask("use", "use", ANSWER_S);
        return new Counts(
                new CpuUsage(
                        Long.parseLong(words[0]),
                        Long.parseLong(words[1]),
                        Long.parseLong(words[2]) / 1e9,
                        Long.parseLong(words[3]) / 1e9),
                Double.parseDouble(words[4]));
    }

    /** An answer. */
    record Counts(CpuUsage use, double machineS) {}

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
        accrued.threads(parallelism.threads(), System.nanoTime());
        line.run(job, units, parallelism);
    }

    /** Serves a request of so many CPU seconds in one thread. */
    void serve(long job, double sizeS) {
        line.order("serve sequential computing " + job + " " + units(sizeS));
    }

    @Override
    public void setParallelism(Parallelism parallelism) {
        accrued.threads(parallelism.threads(), System.nanoTime());
        line.setParallelism(parallelism);
    }

    @Override
    public double cpuS() {
        return accrued.cpuS(System.nanoTime());
    }

    @Override
    public void close() {
        closed = true;
        attached.close();
    }
}
