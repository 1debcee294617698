package io.framequota.scheduler.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.scheduler.policy.ChosenPolicy;
import io.framequota.scheduler.policy.Policies;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EventLogTest {
    private static final ChosenPolicy POLICY = Policies.choose("srpt", Map.of());
    private static final Settings SETTINGS = Settings.capped(Settings.UNCAPPED);

    private final EventLog log = new EventLog();
    private final Dispatcher dispatcher = new Dispatcher(Bench.EPOCH, POLICY, SETTINGS, new DecisionLog(10));

    @Test
    void whatWasDecidedComesOutTheSameFromWhatWasKnown() {
        log.begin(Bench.EPOCH, POLICY, SETTINGS);
        on(1, Bench.beat("w"));
        on(2, new Event.JobSubmitted(JobState.submitted(spec("long", 1))), probed("long", 100));
        on(3, new Event.ChunkReady(Bench.chunk("long", 0)));
        on(4, new Event.JobSubmitted(JobState.submitted(spec("short", 2))), probed("short", 10));
        on(5, new Event.ChunkReady(Bench.chunk("short", 0)));

        EventLog.Replayed replayed = log.record().replay();

        assertThat(replayed.difference()).isNull();
        assertThat(replayed.decisions()).isEqualTo(5);
        assertThat(replayed.grants()).isEqualTo(2);
    }

    @Test
    void aDecisionThatDoesNotFollowFromWhatWasKnownIsFound() {
        log.begin(Bench.EPOCH, POLICY, SETTINGS);
        on(1, Bench.beat("w"));
        log.decided(List.of(new Command.DropJob("w", "ghost")), 2);

        assertThat(log.record().replay().difference()).startsWith("decision 1 was [DropJob[worker=w, job=ghost]]");
    }

    @Test
    void moreThanItKeepsIsNotReplayedUntilTheNextLeadership() {
        log.begin(Bench.EPOCH, POLICY, SETTINGS);
        for (int i = 0; i < 50_001; i++) {
            log.learnt(new Event.Tick(), i);
        }
        assertThat(log.record()).isNull();
        assertThat(log.size()).isZero();

        log.begin(Bench.EPOCH + 1, POLICY, SETTINGS);
        assertThat(log.record()).isNotNull();
    }

    private void on(long nowUs, Event... events) {
        for (Event event : events) {
            log.learnt(event, nowUs);
            dispatcher.observe(event, nowUs);
        }
        log.decided(dispatcher.decide(nowUs), nowUs);
        // Whoever looks changes nothing.
        dispatcher.status();
        dispatcher.backlogCoreSeconds();
        dispatcher.learnt();
    }

    private static JobSpec spec(String id, long arrival) {
        return new JobSpec(id, arrival, "m", Map.of(), 0, JobSpec.UNLIMITED);
    }

    private static Event probed(String job, long frames) {
        return new Event.JobProbed(job, frames, false, FrameKind.UNKNOWN);
    }
}
