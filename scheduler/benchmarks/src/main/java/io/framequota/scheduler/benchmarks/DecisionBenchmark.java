package io.framequota.scheduler.benchmarks;

import io.framequota.scheduler.policy.Allocation;
import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.policy.Policies;
import io.framequota.scheduler.policy.Snapshot;
import io.framequota.scheduler.policy.SnapshotJob;
import io.framequota.scheduler.policy.Speedup;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One decision over 10,000 jobs with various sizes, deadlines and limits. The bound is 2 ms at the 99th percentile. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DecisionBenchmark {
    private static final int JOBS = 10_000;
    private static final int CORES = 64;
    private static final int SNAPSHOTS = 16;

    @Param({
        "one-core-per-request",
        "divide-and-conquer",
        "one-request-at-a-time",
        "one-request-at-a-time order=shortest-first aging=600",
        "gang width=4",
        "srpt",
        "srpt error=0.5",
        "srpt max_active=64",
        "las",
        "weighted-fair weights=t1=3",
        "edf",
        "auto",
        "hesrpt",
        "hesrpt objective=slowdown",
        "concave-optimum"
    })
    public String policy = "";

    private ConfiguredPolicy chosen = Policies.installed().choose(Policies.DEFAULT, Map.of());
    private final Snapshot[] snapshots = new Snapshot[SNAPSHOTS];
    private int next;

    /** Several sets of jobs, so that the processor cannot predict all branches. */
    @Setup(Level.Trial)
    public void prepare() {
        chosen = parse(policy);
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < SNAPSHOTS; i++) {
            snapshots[i] = new Snapshot(
                    JOBS,
                    1000.0 * CORES,
                    CORES,
                    chosen.maxActive(),
                    new Speedup.Amdahl(0.9),
                    jobs(random.split(), chosen.maxActive()));
        }
    }

    @Benchmark
    public Allocation decide() {
        next = (next + 1) % SNAPSHOTS;
        return chosen.policy().allocate(snapshots[next]);
    }

    /** {@code NAME KEY=VALUE ...} as a policy. */
    static ConfiguredPolicy parse(String text) {
        String[] words = text.split(" ", -1);
        Map<String, String> parameters = new HashMap<>();
        for (int i = 1; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            parameters.put(words[i].substring(0, equals), words[i].substring(equals + 1));
        }
        return Policies.installed().choose(words[0], parameters);
    }

    private static List<SnapshotJob> jobs(SplittableRandom random, int places) {
        List<SnapshotJob> jobs = new ArrayList<>(JOBS);
        for (int i = 0; i < JOBS; i++) {
            double size = 5 * -Math.log(1 - random.nextDouble());
            // Half of the deadlines cannot be met, so that admission must examine every job.
            Map<String, String> labels = Map.of("tenant", "t" + random.nextInt(50), "deadline", "" + (1 + i));
            SnapshotJob job = SnapshotJob.queued("job-" + i, i + 1, size).submitted(i, labels);
            // A third of the jobs has begun, or half of the places are taken.
            if (i % 3 == 0 && i < 1.5 * places) {
                job = job.begun(size * random.nextDouble());
            }
            jobs.add(i % 7 == 0 ? job.limited(500 + 4000 * random.nextDouble()) : job);
        }
        return jobs;
    }
}
