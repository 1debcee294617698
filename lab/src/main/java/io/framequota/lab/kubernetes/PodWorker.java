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

/** A burner pod, connected through its standard input and output. */
final class PodWorker implements BurnerWorker {
    /** Long, because a parked worker has only a hundredth of a core. */
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
    private volatile int target;
    private volatile long wishedNanos;
    private volatile boolean measured;
    private volatile boolean closed;

    /** Uses a running pod. Events go to {@code events}. */
    PodWorker(
            String name, String node, ExecWatch attached, BlockingQueue<WorkerEvent> events, HandoverTimes handovers) {
        this.name = name;
        this.node = node;
        this.attached = attached;
        this.events = events;
        this.handovers = handovers;
        this.line = new BurnerConnection(name, attached.getInput(), attached.getOutput());
    }

    /** Waits until the burner answers, and starts listening to its events. */
    void greet() throws InterruptedException {
        offset = ClockOffset.measure(line);
        line.listen(this, nanos -> nanos - offset, this::handle);
    }

    private void handle(WorkerEvent event) {
        if (event instanceof WorkerEvent.Holds holds) {
            held = holds.millicores();
            accrued.quota(holds.millicores(), holds.nanos());
            if (holds.millicores() == target && measured) {
                handovers.add(holds.nanos() - wishedNanos);
            }
        }
        if (!closed) {
            events.add(event);
        }
    }

    /** The node of the pod. */
    String node() {
        return node;
    }

    /** Measures a unit of work. The quota must be at most a core, and no other worker may run. */
    void calibrate() throws InterruptedException {
        unitNanos = line.calibrate(ANSWER_S);
    }

    /**
     * Expects a resize. The burner reports when this quota is in force.
     *
     * @param counts whether the duration counts as a handover
     */
    void expect(int millicores, boolean counts) {
        measured = counts;
        target = millicores;
        wishedNanos = System.nanoTime();
        // Any number of millicores is allowed; only policies use steps of 10m.
        line.order("await " + millicores * CpuQuota.PERIOD_US / 1000);
    }

    /** Whether the burner has found the last expected quota in force. */
    boolean settled() {
        return held == target;
    }

    /** The last quota that was found in force. */
    int held() {
        return held;
    }

    /** The last expected quota. */
    int target() {
        return target;
    }

    /** Reads the quota in force, and fails if it is not the expected one. */
    void verify() throws InterruptedException {
        String[] words = line.ask("quota", "quota", ANSWER_S);
        double millicores = new CpuQuota(Long.parseLong(words[0]), Long.parseLong(words[1])).millicores();
        if (millicores != target) {
            throw new RunFailedException(
                    name + " has a quota of " + millicores + "m in force where " + target + "m were allocated");
        }
    }

    /** The kernel's counters, and CPU seconds of the whole machine. */
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

    /** Counters of the pod and its machine. */
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

    /** Serves a request of {@code sizeS} CPU seconds in one thread. */
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
