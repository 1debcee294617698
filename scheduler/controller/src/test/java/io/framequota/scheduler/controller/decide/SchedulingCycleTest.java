package io.framequota.scheduler.controller.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.scheduler.dispatch.BacklogJob;
import io.framequota.scheduler.dispatch.ChunkSpec;
import io.framequota.scheduler.dispatch.DecisionLog;
import io.framequota.scheduler.dispatch.DispatchCommand;
import io.framequota.scheduler.dispatch.DispatchEvent;
import io.framequota.scheduler.dispatch.DispatcherSettings;
import io.framequota.scheduler.dispatch.EndedJob;
import io.framequota.scheduler.dispatch.GrantRef;
import io.framequota.scheduler.dispatch.JobDescriptor;
import io.framequota.scheduler.dispatch.ModelProfile;
import io.framequota.scheduler.dispatch.WorkerId;
import io.framequota.scheduler.dispatch.WorkerInfo;
import io.framequota.scheduler.dispatch.WorkerShare;
import io.framequota.scheduler.policy.Policies;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Events in every order, on a clock that the test moves. */
class SchedulingCycleTest {
    private static final WorkerId WORKER = new WorkerId("w", "w#0");
    private static final GrantRef FIRST = new GrantRef("job", 0, 1);

    private long nowUs = 1_000_000;
    private final Effects effects = new Effects();
    private final SchedulingCycle cycle = new SchedulingCycle(
            DispatcherSettings.capped(DispatcherSettings.UNCAPPED), new DecisionLog(10), () -> nowUs, effects);

    @Test
    void nothingIsSentBeforeLeadershipAndEarlierFactsComeWithTheAnswer() {
        beat(0, null);
        cycle.observe(ready());
        cycle.run();

        assertThat(effects.seen).isEmpty();
        assertThat(cycle.session()).isNull();

        lead(5, List.of(open()));
        beat(5, null);
        cycle.run();
        assertThat(effects.seen).containsExactly("announce 5", "grant job/0.1 at 5");
    }

    @Test
    void factThatArrivesDuringALeadershipRequestIsNotLost() {
        assertThat(cycle.asking()).isZero();
        cycle.observe(new DispatchEvent.JobSubmitted(BacklogJob.submitted(descriptor())));
        cycle.observe(ready());
        cycle.answered(
                new RecoveredState(5, List.of(), 0, null, List.of(), List.of()),
                Policies.installed().choose("auto", Map.of()));
        beat(5, null);
        cycle.run();

        assertThat(effects.seen).containsExactly("announce 5", "grant job/0.1 at 5");
    }

    @Test
    void lostAnswerIsRequestedAgain() {
        cycle.asking();
        cycle.observe(new DispatchEvent.JobSubmitted(BacklogJob.submitted(descriptor())));
        cycle.run();
        // No answer came. What was heard meanwhile is in the next one.
        assertThat(cycle.asking()).isZero();
        cycle.answered(
                new RecoveredState(6, List.of(open()), 1, null, List.of(), List.of()),
                Policies.installed().choose("auto", Map.of()));
        beat(6, null);
        cycle.run();

        assertThat(effects.seen).containsExactly("announce 6", "grant job/0.1 at 6");
        assertThat(cycle.asking()).isEqualTo(6);
        // The same leadership again: nobody is introduced twice, and the grant that is out stays out.
        cycle.answered(
                new RecoveredState(6, List.of(open()), 1, null, List.of(), List.of()),
                Policies.installed().choose("auto", Map.of()));
        beat(6, FIRST);
        cycle.run();
        assertThat(effects.seen).hasSize(2);
    }

    @Test
    void everyLeaderSendsTheDivisionOfComputeTimeAndRenewsIt() {
        lead(5, List.of(open()));
        cycle.observe(new DispatchEvent.SharesEnforced(true, false, true));
        beat(5, null);
        cycle.run();
        assertThat(effects.seen).contains("grant job/0.1 at 5").endsWith("divide job=2000 at 5");
        int sent = effects.seen.size();

        cycle.run();
        assertThat(effects.seen).as("nothing has changed").hasSize(sent);
        nowUs += 1_000_000;
        cycle.run();
        assertThat(effects.seen).hasSize(sent + 1).endsWith("divide job=2000 at 5");

        cycle.observe(DispatchEvent.SharesEnforced.NOT);
        cycle.run();
        assertThat(effects.seen).endsWith("divide nothing at 5");
    }

    @Test
    void olderLeaderStepsDownAtTheFirstReportOfANewerEpoch() {
        lead(5, List.of(open()));
        beat(7, null);
        cycle.run();

        assertThat(effects.seen).containsExactly("announce 5", "stepped down 5");
        assertThat(cycle.session()).isNull();
        beat(7, null);
        cycle.run();
        assertThat(effects.seen).hasSize(2);

        lead(8, List.of(open()));
        beat(8, null);
        cycle.run();
        assertThat(effects.seen).endsWith("announce 8", "grant job/0.1 at 8");
    }

    @Test
    void answerOfALeadershipThatHasEndedBeginsNoSecondOneWithItsEpoch() {
        lead(5, List.of(open()));
        beat(5, null);
        cycle.run();
        effects.seen.clear();
        // It asks for the state again and is frozen; when it continues, a newer leader exists, and then the answer
        // comes.
        assertThat(cycle.asking()).isEqualTo(5);
        beat(7, null);
        cycle.run();
        cycle.answered(
                new RecoveredState(5, List.of(open()), 1, null, List.of(), List.of()),
                Policies.installed().choose("auto", Map.of()));
        cycle.run();

        assertThat(cycle.session()).isNull();
        assertThat(effects.seen)
                .as("the leadership loop is told that it does not lead")
                .containsExactly("stepped down 5", "stepped down 5");
    }

    @Test
    void schedulerThatStepsDownStopsEnforcing() {
        effects.enforces = true;
        lead(5, List.of(open()));
        beat(5, null);
        cycle.run();
        assertThat(effects.seen).containsExactly("announce 5", "grant job/0.1 at 5", "enforce w=2000");

        cycle.run();
        assertThat(effects.seen).as("nothing has changed").hasSize(3);
        cycle.stepDown();
        cycle.run();
        cycle.run();
        assertThat(effects.seen).endsWith("stepped down 5", "stop enforcing").hasSize(5);
    }

    @Test
    void sharesAreHandedOverAgainWhenEnforcementReturns() {
        effects.enforces = true;
        lead(5, List.of(open()));
        beat(5, null);
        cycle.run();
        effects.enforces = false;
        cycle.run();
        effects.enforces = true;
        cycle.run();

        assertThat(effects.seen).endsWith("enforce w=2000", "stop enforcing", "enforce w=2000");
    }

    @Test
    void lateAndDuplicateEventsChangeNothing() {
        lead(5, List.of(open()));
        beat(5, null);
        cycle.run();
        beat(5, FIRST);
        cycle.observe(new DispatchEvent.Started(WORKER, 5, FIRST, nowUs));
        cycle.observe(new DispatchEvent.Finished(WORKER, 5, FIRST, 10, nowUs));
        cycle.observe(new DispatchEvent.ChunkCommitted("job", 0));
        cycle.observe(new DispatchEvent.JobEnded("job"));
        beat(5, null);
        cycle.run();
        int sent = effects.seen.size();

        for (int twice = 0; twice < 2; twice++) {
            cycle.observe(ready());
            cycle.observe(new DispatchEvent.Finished(WORKER, 5, FIRST, 10, nowUs));
            cycle.observe(new DispatchEvent.Started(WORKER, 4, FIRST, nowUs));
            cycle.observe(new DispatchEvent.ChunkCommitted("job", 0));
            cycle.observe(new DispatchEvent.JobEnded("job"));
            cycle.observe(new DispatchEvent.JobEnded("never heard of"));
            cycle.run();
        }
        assertThat(effects.seen.subList(sent, effects.seen.size())).isEmpty();
        assertThat(effects.seen).filteredOn(s -> s.equals("ended job")).hasSize(1);
    }

    @Test
    void pauseOfTheSchedulerTimesOutNoWorker() {
        lead(5, List.of(open()));
        beat(5, null);
        cycle.observe(new DispatchEvent.Tick());
        cycle.run();
        beat(5, FIRST);
        effects.seen.clear();

        // The machine slept for an hour, workers too.
        nowUs += 3_600_000_000L;
        cycle.observe(new DispatchEvent.Tick());
        cycle.run();
        beat(5, FIRST);
        cycle.run();

        assertThat(effects.seen).as("the chunk is where it was").isEmpty();
    }

    private void lead(long epoch, List<BacklogJob> jobs) {
        cycle.asking();
        cycle.answered(
                new RecoveredState(epoch, jobs, 1, null, List.of(), List.of()),
                Policies.installed().choose("auto", Map.of()));
    }

    private void beat(long epoch, @Nullable GrantRef running) {
        cycle.observe(new DispatchEvent.Heartbeat(
                WORKER, epoch, new WorkerInfo(true, 2, Set.of("people"), "raw", "test"), running, null));
    }

    private static JobDescriptor descriptor() {
        return new JobDescriptor("job", 1, "people", Map.of(), 10, JobDescriptor.UNLIMITED);
    }

    private static BacklogJob open() {
        return new BacklogJob(descriptor(), 1, true, List.of(chunk()), 0, 0);
    }

    private static ChunkSpec chunk() {
        return new ChunkSpec("job", 0, 0, 10, 0, 0, 9, 10);
    }

    private static DispatchEvent ready() {
        return new DispatchEvent.ChunkReady(chunk());
    }

    /** Writes down what others are made to do. */
    private static final class Effects implements SchedulingCycle.Effects {
        final List<String> seen = new ArrayList<>();
        boolean enforces;

        @Override
        public void announce(long epoch) {
            seen.add("announce " + epoch);
        }

        @Override
        public void command(long epoch, DispatchCommand command) {
            seen.add(
                    command instanceof DispatchCommand.Grant grant
                            ? "grant " + grant.chunk().job() + "/"
                                    + grant.chunk().index() + "." + grant.attempt() + " at " + epoch
                            : command.toString());
        }

        @Override
        public boolean enforcesShares() {
            return enforces;
        }

        @Override
        public void enforce(List<WorkerShare> shares, double budget, double cap) {
            shares.forEach(s -> seen.add("enforce " + s.worker().name() + "=" + Math.round(s.millicores())));
        }

        @Override
        public void divide(long epoch, ComputeTimeDivision division) {
            String shares = division.shares().stream()
                    .map(p -> p.job() + "=" + Math.round(p.millicores()))
                    .collect(Collectors.joining(","));
            seen.add("divide " + (division.enforced() ? shares : "nothing") + " at " + epoch);
        }

        @Override
        public void stopEnforcing() {
            seen.add("stop enforcing");
        }

        @Override
        public void publishProfiles(long epoch, List<ModelProfile> profiles) {}

        @Override
        public void publishDecodeOrder(long epoch, List<String> jobs) {}

        @Override
        public void ended(EndedJob job) {
            seen.add("ended " + job.id());
        }

        @Override
        public void resynchronize() {
            seen.add("resynchronize");
        }

        @Override
        public void steppedDown(long epoch) {
            seen.add("stepped down " + epoch);
        }
    }
}
