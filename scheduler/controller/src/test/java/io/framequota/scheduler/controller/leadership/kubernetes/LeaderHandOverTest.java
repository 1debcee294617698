package io.framequota.scheduler.controller.leadership.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.framequota.scheduler.controller.InMemoryScheduler;
import io.framequota.scheduler.controller.Scheduler;
import io.framequota.scheduler.controller.kubernetes.InMemoryApiServer;
import io.framequota.scheduler.controller.leadership.AuthorityException;
import io.framequota.scheduler.controller.leadership.InMemoryAuthority;
import io.framequota.scheduler.controller.leadership.LeaderElector;
import io.framequota.scheduler.controller.leadership.StartupSettings;
import io.framequota.scheduler.dispatch.BacklogJob;
import io.framequota.scheduler.dispatch.ChunkSpec;
import io.framequota.scheduler.dispatch.DispatchEvent;
import io.framequota.scheduler.dispatch.JobDescriptor;
import io.framequota.scheduler.dispatch.WorkerId;
import io.framequota.scheduler.dispatch.WorkerInfo;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Two whole schedulers that compete for a Lease of an API server in memory; the authority is in memory, too. The test moves the
 * clock of the Lease. ClusterSchedulerIT kills a scheduler process in a real cluster.
 */
class LeaderHandOverTest {
    private final InMemoryApiServer api = new InMemoryApiServer();
    private final InMemoryAuthority authority = new InMemoryAuthority();
    private final AtomicLong nanos = new AtomicLong(1);
    private final Replica first = new Replica("s-0");
    private final Replica second = new Replica("s-1");

    @AfterEach
    void close() {
        first.stop();
        second.stop();
        api.close();
    }

    @Test
    void onlyTheHolderOfTheLeaseLeads() {
        first.attempt();
        second.attempt();

        await().until(first.scheduler()::leads);
        assertThat(second.scheduler().leads()).isFalse();
        await().until(second.scheduler()::isStandby);
        assertThat(first.scheduler().isStandby()).isFalse();
        assertThat(authority.leaders).containsExactly("s-0");
    }

    @Test
    void standbyLeadsWithANewEpochWhenTheLeaderIsStopped() {
        first.attempt();
        second.attempt();
        await().until(first.scheduler()::leads);

        first.stop();
        second.attempt();

        await().until(second.scheduler()::leads);
        assertThat(authority.leaders).containsExactly("s-0", "s-1");
        assertThat(second.sent()).contains("announce 2");
    }

    @Test
    void leaderWithoutAnswersStepsDownBeforeTheStandbyMayLead() {
        first.attempt();
        second.attempt();
        await().until(first.scheduler()::leads);
        api.fail(".*leases.*", 503, "away");

        pass(LeaseLoop.TRUSTED);
        first.attempt();
        await().until(() -> !first.scheduler().leads());
        assertThat(second.scheduler().leads()).isFalse();

        api.recover();
        pass(LeaseLoop.DURATION.minus(LeaseLoop.TRUSTED).plusMillis(1));
        second.attempt();
        await().until(second.scheduler()::leads);
        first.attempt();
        assertThat(first.scheduler().leads()).isFalse();
        await().until(first.scheduler()::isStandby);
    }

    @Test
    void shortLossOfTheApiServerEndsNoLeadership() {
        first.attempt();
        second.attempt();
        await().until(first.scheduler()::leads);
        api.fail(".*leases.*", 503, "away");
        pass(LeaseLoop.PERIOD);
        first.attempt();
        api.recover();
        pass(LeaseLoop.PERIOD);
        first.attempt();
        second.attempt();

        assertThat(first.scheduler().leads()).isTrue();
        assertThat(authority.epoch()).isEqualTo(1);
    }

    @Test
    void deposedLeaderCanChangeNothing() {
        first.attempt();
        await().until(first.scheduler()::leads);
        // The authority has a newer leader, which this one has not heard of.
        authority.lead(new StartupSettings("other", "", "", ""), 0);

        assertThatThrownBy(() -> first.scheduler().selectPolicy("srpt", Map.of()))
                .isInstanceOf(AuthorityException.class)
                .hasMessageContaining("does not lead any more");
        assertThat(first.scheduler().policy().name()).isEqualTo("auto");
    }

    @Test
    void policyThatTheFirstLeaderSelectedIsInForceAtTheSecond() {
        first.attempt();
        second.attempt();
        await().until(first.scheduler()::leads);
        first.scheduler().selectPolicy("srpt", Map.of());

        first.stop();
        second.attempt();

        await().until(second.scheduler()::leads);
        assertThat(second.scheduler().policy().name()).isEqualTo("srpt");
    }

    @Test
    void newLeaderGrantsTheOpenChunksAgainUnderItsEpoch() {
        authority.jobs.add(new BacklogJob(
                new JobDescriptor("job", 1, "people", Map.of(), 10, JobDescriptor.UNLIMITED),
                1,
                true,
                List.of(new ChunkSpec("job", 0, 0, 10, 0, 0, 9, 10)),
                0,
                0));
        first.attempt();
        second.attempt();
        await().until(first.scheduler()::leads);
        heartbeat(1);
        await().until(() -> first.sent().contains("grant job/0 at 1"));

        first.stop();
        second.attempt();
        await().until(second.scheduler()::leads);
        heartbeat(2);

        await().until(() -> second.sent().contains("grant job/0 at 2"));
        assertThat(second.sent()).noneMatch(s -> s.endsWith("at 1"));
    }

    /** Both schedulers read every report. */
    private void heartbeat(long epoch) {
        DispatchEvent report = new DispatchEvent.Heartbeat(
                new WorkerId("w", "w#0"), epoch, new WorkerInfo(true, 1, Set.of("people"), "raw", "test"), null, null);
        first.scheduler().observe(report);
        second.scheduler().observe(report);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    /** A scheduler whose lease loop the test drives. */
    private final class Replica implements LeaderElector {
        private final LeaseLoop lease;
        private final InMemoryScheduler replica;

        Replica(String name) {
            lease = new LeaseLoop(api.newClient(), "video", "leader", name, nanos::get);
            replica = new InMemoryScheduler(name, authority, this);
        }

        Scheduler scheduler() {
            return replica.scheduler;
        }

        List<String> sent() {
            return replica.sent;
        }

        void attempt() {
            lease.attempt();
        }

        @Override
        public boolean isConfigured() {
            return true;
        }

        @Override
        public void start(String name) {}

        @Override
        public boolean mayLead() {
            return lease.isHeld();
        }

        @Override
        public boolean isStandby() {
            return lease.isHeldByAnother();
        }

        /** As at the end of the process. */
        void stop() {
            replica.close();
        }

        /** As the lease loop does at its end. */
        @Override
        public void close() {
            lease.release();
        }
    }
}
