package io.framequota.scheduler.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.policy.Policies;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DispatchRecorderTest {
    private static final ConfiguredPolicy POLICY = Policies.installed().choose("srpt", Map.of());
    private static final DispatcherSettings SETTINGS = DispatcherSettings.capped(DispatcherSettings.UNCAPPED);

    private final DispatchRecorder log = new DispatchRecorder();
    private final Dispatcher dispatcher = new Dispatcher(Bench.EPOCH, POLICY, SETTINGS, new DecisionLog(10));

    @Test
    void replayGivesTheSameDecisions() {
        log.begin(Bench.EPOCH, POLICY, SETTINGS);
        on(1, Bench.beat("w"));
        on(2, new DispatchEvent.JobSubmitted(BacklogJob.submitted(descriptor("long", 1))), probed("long", 100));
        on(3, new DispatchEvent.ChunkReady(Bench.chunk("long", 0)));
        on(4, new DispatchEvent.JobSubmitted(BacklogJob.submitted(descriptor("short", 2))), probed("short", 10));
        on(5, new DispatchEvent.ChunkReady(Bench.chunk("short", 0)));

        DispatchRecorder.Replayed replayed = log.record().replay();

        assertThat(replayed.difference()).isNull();
        assertThat(replayed.decisions()).isEqualTo(5);
        assertThat(replayed.grants()).isEqualTo(2);
    }

    @Test
    void replayFindsADifferentDecision() {
        log.begin(Bench.EPOCH, POLICY, SETTINGS);
        on(1, Bench.beat("w"));
        log.decided(List.of(new DispatchCommand.DropJob("w", "ghost")), 2);

        assertThat(log.record().replay().difference()).startsWith("decision 1 was [DropJob[worker=w, job=ghost]]");
    }

    @Test
    void tooManyEntriesStopTheRecordingUntilTheNextLeadership() {
        log.begin(Bench.EPOCH, POLICY, SETTINGS);
        for (int i = 0; i < 50_001; i++) {
            log.observed(new DispatchEvent.Tick(), i);
        }
        assertThat(log.record()).isNull();
        assertThat(log.size()).isZero();

        log.begin(Bench.EPOCH + 1, POLICY, SETTINGS);
        assertThat(log.record()).isNotNull();
    }

    private void on(long nowUs, DispatchEvent... events) {
        for (DispatchEvent event : events) {
            log.observed(event, nowUs);
            dispatcher.observe(event, nowUs);
        }
        log.decided(dispatcher.decide(nowUs), nowUs);
        // Queries must not change later decisions.
        dispatcher.status();
        dispatcher.backlogCoreSeconds();
        dispatcher.modelProfiles();
    }

    private static JobDescriptor descriptor(String id, long arrival) {
        return new JobDescriptor(id, arrival, "m", Map.of(), 0, JobDescriptor.UNLIMITED);
    }

    private static DispatchEvent probed(String job, long frames) {
        return new DispatchEvent.JobProbed(job, frames, false, FrameFormat.UNKNOWN);
    }
}
