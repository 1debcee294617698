package io.framequota.scheduler.controller.leadership;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.scheduler.controller.decide.LoopExecutor;
import io.framequota.scheduler.controller.decide.RecoveredState;
import io.framequota.scheduler.controller.decide.SchedulingCycle;
import io.framequota.scheduler.controller.forecast.JobForecast;
import io.framequota.scheduler.controller.forecast.JobNote;
import io.framequota.scheduler.dispatch.BacklogJob;
import io.framequota.scheduler.dispatch.DecisionLog;
import io.framequota.scheduler.dispatch.DispatchCommand;
import io.framequota.scheduler.dispatch.DispatchEvent;
import io.framequota.scheduler.dispatch.DispatcherSettings;
import io.framequota.scheduler.dispatch.EndedJob;
import io.framequota.scheduler.dispatch.JobDescriptor;
import io.framequota.scheduler.dispatch.ModelProfile;
import io.framequota.scheduler.dispatch.WorkerId;
import io.framequota.scheduler.dispatch.WorkerInfo;
import io.framequota.scheduler.dispatch.WorkerShare;
import io.framequota.scheduler.policy.Policies;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who leads when answers are lost and when there are two; nothing here takes time. */
class LeadershipLoopTest {
    private final Owner owner = new Owner();
    private final List<Long> pauses = new ArrayList<>();

    @Test
    void leadershipIsRequestedUntilTheAuthorityAnswers() throws InterruptedException {
        Side only = new Side("only");
        owner.lost = 3;

        only.leader.step();

        assertThat(only.leads()).isTrue();
        assertThat(only.epoch())
                .as("the epochs of answers that were lost are gone")
                .isEqualTo(4);
        assertThat(pauses).containsExactly(100L, 100L, 100L);
    }

    @Test
    void refusedRequestIsRepeatedLater() throws InterruptedException {
        Side only = new Side("only");
        owner.refusals = 1;

        only.leader.step();

        assertThat(only.leads()).isTrue();
        assertThat(pauses).containsExactly(5000L);
    }

    @Test
    void missedFactsAreReadUnderTheSameEpochAfterALostConnection() throws InterruptedException {
        Side only = new Side("only");
        only.leader.step();
        owner.losses++;
        only.leader.step();
        only.leader.resynchronize();
        only.leader.step();
        only.leader.step();

        assertThat(owner.asked).containsExactly(0L, 1L, 1L);
        assertThat(only.epoch()).isEqualTo(1);
    }

    @Test
    void twoElectedSchedulersDoNotTakeLeadershipInTurns() throws InterruptedException {
        Side one = new Side("one");
        Side two = new Side("two");
        for (int i = 0; i < 16; i++) {
            one.leader.step();
            one.hears(owner.epoch);
            two.leader.step();
            two.hears(owner.epoch);
        }
        one.hears(owner.epoch);

        assertThat(one.leads() && two.leads())
                .as("both at once, after a report of the newer epoch")
                .isFalse();
        assertThat(pauses).as("each waits twice as long as the time before").contains(1000L, 2000L, 4000L);
        assertThat(owner.asked.size()).isLessThan(32);
    }

    @Test
    void schedulerStopsWhenItLosesTheElectionAndRequestsAtOnceWhenElectedAgain() throws InterruptedException {
        Side only = new Side("only");
        only.leader.step();
        only.holds = false;
        only.leader.step();
        assertThat(only.leads()).isFalse();
        only.leader.step();
        assertThat(owner.asked).hasSize(1);

        only.holds = true;
        pauses.clear();
        only.leader.step();
        assertThat(only.leads()).isTrue();
        assertThat(pauses).isEmpty();
    }

    @Test
    void schedulerThatLosesTheElectionBeforeTheAnswerBuffersNoFacts() throws InterruptedException {
        Side only = new Side("only");
        owner.lost = 1;
        owner.whenAsked = () -> only.holds = false;
        only.leader.step();
        only.leader.step();
        JobDescriptor descriptor = new JobDescriptor("job", 1, "m", Map.of(), 0, JobDescriptor.UNLIMITED);
        only.cycle.observe(new DispatchEvent.JobSubmitted(BacklogJob.submitted(descriptor)));

        // Only facts that were kept reach a dispatcher that begins without being asked.
        only.cycle.answered(
                new RecoveredState(9, List.of(), 0, null, List.of(), List.of()),
                Policies.installed().choose("auto", Map.of()));

        assertThat(Objects.requireNonNull(only.cycle.session())
                        .dispatcher()
                        .status()
                        .jobs())
                .isEmpty();
        assertThat(owner.asked).hasSize(1);
    }

    @Test
    void aJobIsEndedOnlyUnderTheNewestEpoch() throws InterruptedException {
        Side only = new Side("only");
        only.leader.step();
        owner.epoch = 9;
        only.leader.failJob(1, "job", "it fails");
        only.leader.step();

        assertThat(only.leads()).isFalse();
        assertThat(owner.failed).isEmpty();
    }

    @Test
    void surplusFailedJobsAreDroppedBecauseTheDispatcherRepeatsThem() throws InterruptedException {
        Side only = new Side("only");
        only.leader.step();
        for (int i = 0; i < 2_000; i++) {
            only.leader.failJob(1, "job-" + i, "it fails");
        }
        for (int i = 0; i < 1_000; i++) {
            only.leader.step();
        }

        assertThat(owner.failed).hasSize(1_000).startsWith("job-0");
    }

    /** Notes pauses, and makes none. */
    private final class NoTime implements LeadershipLoop.Timer {
        @Override
        public void sleep(long millis) {
            pauses.add(millis);
        }

        @Override
        public @Nullable Runnable poll(BlockingQueue<Runnable> tasks, long millis) {
            return tasks.poll();
        }
    }

    /** One scheduler, its cycle on the test's own thread. */
    private final class Side implements LoopExecutor, LeaderElector, SchedulingCycle.Effects {
        final SchedulingCycle cycle = new SchedulingCycle(
                DispatcherSettings.capped(DispatcherSettings.UNCAPPED), new DecisionLog(10), () -> 1_000_000, this);
        final LeadershipLoop leader;
        boolean holds = true;

        Side(String name) {
            leader = new LeadershipLoop(
                    new StartupSettings(name, "start", "", ""),
                    kept -> {},
                    owner,
                    () -> true,
                    this,
                    this,
                    cycle,
                    new NoTime());
        }

        boolean leads() {
            return cycle.session() != null;
        }

        long epoch() {
            return Objects.requireNonNull(cycle.session()).epoch();
        }

        /** A worker says which epoch it has seen. */
        void hears(long epoch) {
            cycle.observe(new DispatchEvent.Heartbeat(
                    new WorkerId("w", "w#0"), epoch, new WorkerInfo(true, 1, Set.of(), "raw", "test"), null, null));
            cycle.run();
        }

        @Override
        public void post(Runnable task) {
            task.run();
        }

        @Override
        public <T extends @Nullable Object> T ask(Supplier<T> question) {
            return question.get();
        }

        @Override
        public boolean isConfigured() {
            return true;
        }

        @Override
        public void start(String name) {}

        @Override
        public boolean mayLead() {
            return holds;
        }

        @Override
        public boolean isStandby() {
            return !holds;
        }

        @Override
        public void close() {}

        @Override
        public void steppedDown(long epoch) {
            leader.steppedDown(epoch);
        }

        @Override
        public void announce(long epoch) {}

        @Override
        public void command(long epoch, DispatchCommand command) {}

        @Override
        public boolean enforcesShares() {
            return false;
        }

        @Override
        public void enforce(List<WorkerShare> shares, double budget, double cap) {}

        @Override
        public void stopEnforcing() {}

        @Override
        public void publishProfiles(long epoch, List<ModelProfile> profiles) {}

        @Override
        public void publishDecodeOrder(long epoch, List<String> jobs) {}

        @Override
        public void ended(EndedJob job) {}

        @Override
        public void resynchronize() {}
    }

    /** Gives a new epoch to whoever does not name the newest, and loses answers when told to. */
    private static final class Owner implements Authority {
        final List<Long> asked = new ArrayList<>();
        final List<String> failed = new ArrayList<>();
        long epoch;
        long losses;
        int lost;
        int refusals;
        Runnable whenAsked = () -> {};

        @Override
        public RecoveredState lead(StartupSettings configured, long named) {
            asked.add(named);
            whenAsked.run();
            if (refusals-- > 0) {
                throw new AuthorityException("no", true, new IllegalStateException());
            }
            if (named == 0 || named != epoch) {
                epoch++;
            }
            if (lost-- > 0) {
                throw new AuthorityException("it does not answer");
            }
            return new RecoveredState(epoch, List.of(), 0, null, List.of(), List.of());
        }

        @Override
        public boolean storeSelection(long named, RecoveredState.Selection selection) {
            return named == epoch;
        }

        @Override
        public void storeProfiles(long named, List<ModelProfile> profiles) {}

        @Override
        public void decodeNext(long named, List<String> jobs) {}

        @Override
        public void storeForecasts(long named, List<JobForecast> all, Set<String> first, List<JobNote> notes) {}

        @Override
        public boolean failJob(long named, String job, String cause) {
            if (named == epoch) {
                failed.add(job);
            }
            return named == epoch;
        }

        @Override
        public void keepDeaths(long stated, DispatchCommand.KeepDeaths deaths) {}

        @Override
        public long connectionLosses() {
            return losses;
        }
    }
}
