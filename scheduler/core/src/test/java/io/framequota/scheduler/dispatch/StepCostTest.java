package io.framequota.scheduler.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.framequota.scheduler.policy.Allocation;
import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.policy.Policies;
import io.framequota.scheduler.policy.Policy;
import io.framequota.scheduler.policy.Snapshot;
import io.framequota.scheduler.policy.SnapshotJob;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a step costs with 1,000 workers and 10,000 jobs, in counts instead of times: how often the policy is asked, how
 * many jobs look different to it, and what is allocated. {@code DispatcherStepMain} measures the time.
 */
class StepCostTest {
    private static final int WORKERS = 1_000;
    private static final int JOBS = 10_000;
    private static final int CHUNKS = 5;
    private static final String GROWING = "growing";
    /** The policy's answer, its sort and the snapshot's list take about 350 kB. */
    private static final long MOST_BYTES = 1_000_000;
    /** With a look at every job for every worker, or at every worker for every job, it would be 10 million. */
    private static final long MOST_LOOKS_OF_THE_FIRST = 100_000;

    /** Counts the calls of a policy and the jobs that changed between them. */
    private static final class Counting implements Policy {
        final Policy policy;
        final Map<SnapshotJob, Boolean> seen = new IdentityHashMap<>();
        int asked;
        int changed;

        Counting(Policy policy) {
            this.policy = policy;
        }

        @Override
        public Allocation allocate(Snapshot snapshot) {
            asked++;
            for (SnapshotJob job : snapshot.jobs()) {
                changed += seen.put(job, true) == null ? 1 : 0;
            }
            return policy.allocate(snapshot);
        }

        void reset() {
            asked = 0;
            changed = 0;
        }
    }

    private final Map<String, ArrayDeque<GrantRef>> held = new HashMap<>();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "one-core-per-request",
                "divide-and-conquer",
                "one-request-at-a-time",
                "gang",
                "srpt",
                "las",
                "weighted-fair",
                "edf",
                "auto"
            })
    void aStepCostsWhatChanged(String name) {
        ConfiguredPolicy installed = Policies.installed().choose(name, Map.of());
        Counting policy = new Counting(installed.policy());
        Dispatcher dispatcher = new Dispatcher(
                Bench.EPOCH,
                new ConfiguredPolicy(name, Map.of(), policy, installed.maxActive()),
                DispatcherSettings.capped(DispatcherSettings.UNCAPPED),
                new DecisionLog(1));
        // As in the steps below, so that the cost does not change.
        dispatcher.observe(new DispatchEvent.CostMeasured("m", 0.0009), 1_000);
        for (int i = 0; i < WORKERS; i++) {
            dispatcher.observe(Bench.beat("w" + i), 1_000);
        }
        for (int i = 0; i < JOBS; i++) {
            dispatcher.observe(job("j" + i, i + 1), 1_000);
        }
        JobDescriptor growing = new JobDescriptor(GROWING, JOBS + 1, "m", Map.of(), 50, JobDescriptor.UNLIMITED);
        dispatcher.observe(
                new DispatchEvent.JobSubmitted(new BacklogJob(growing, 2, false, Bench.chunks(GROWING, 2), 0, 0)),
                1_000);
        List<DispatchCommand> first = dispatcher.decide(1_000);
        assertThat(first).as("every worker has something to do").hasSizeGreaterThanOrEqualTo(WORKERS);
        assertThat(policy.asked).isEqualTo(1);
        assertThat(dispatcher.looks()).isLessThan(MOST_LOOKS_OF_THE_FIRST);
        obey(first);
        // Jobs that the first decision placed look different to the policy once.
        finish(dispatcher, "w" + (WORKERS - 1), 9_999);
        obey(dispatcher.decide(9_999));

        dispatcher.observe(new DispatchEvent.ChunkReady(Bench.chunk(GROWING, 2)), 9_999);
        obey(dispatcher.decide(9_999));
        policy.reset();
        dispatcher.observe(new DispatchEvent.ChunkReady(Bench.chunk(GROWING, 3)), 9_999);
        obey(dispatcher.decide(9_999));
        assertThat(policy.asked)
                .as("a further chunk is nothing new to the policy")
                .isZero();

        long bytes = 0;
        for (int i = 0; i < 100; i++) {
            policy.reset();
            GrantRef done = finish(dispatcher, "w" + i, 10_000 + i);
            long before = allocated();
            List<DispatchCommand> commands = dispatcher.decide(10_000 + i);
            bytes += allocated() - before;
            obey(commands);
            assertThat(policy.asked).isLessThanOrEqualTo(1);
            assertThat(policy.changed)
                    .as("jobs that look different after the end of " + done)
                    .isLessThanOrEqualTo(3);
        }
        assertThat(bytes / 100).isLessThan(MOST_BYTES);
    }

    private ArrayDeque<GrantRef> heldBy(String worker) {
        return held.computeIfAbsent(worker, w -> new ArrayDeque<>());
    }

    private void obey(List<DispatchCommand> commands) {
        for (DispatchCommand command : commands) {
            if (command instanceof DispatchCommand.Grant grant) {
                heldBy(grant.worker()).add(VirtualWorker.ref(grant));
            } else if (command instanceof DispatchCommand.Revoke(String worker, GrantRef grant)) {
                heldBy(worker).remove(grant);
            }
        }
    }

    private GrantRef finish(Dispatcher dispatcher, String worker, long nowUs) {
        GrantRef done = heldBy(worker).remove();
        dispatcher.observe(Bench.started(worker, done), nowUs - 1_000);
        dispatcher.observe(Bench.finished(worker, done), nowUs);
        dispatcher.observe(new DispatchEvent.ChunkCommitted(done.job(), done.chunk()), nowUs);
        return done;
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    private static DispatchEvent job(String id, long arrival) {
        JobDescriptor descriptor =
                new JobDescriptor(id, arrival, "m", Map.of("deadline", "1e9"), 10 * CHUNKS, JobDescriptor.UNLIMITED);
        return new DispatchEvent.JobSubmitted(new BacklogJob(descriptor, CHUNKS, true, Bench.chunks(id, CHUNKS), 0, 0));
    }
}
