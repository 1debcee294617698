package io.framequota.scheduler.controller.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.scheduler.dispatch.DispatcherStatus;
import io.framequota.scheduler.dispatch.StreamDemand;
import io.framequota.scheduler.dispatch.StreamStatus;
import java.util.List;
import org.junit.jupiter.api.Test;

class JobNoteTest {
    /** 10 of 20 frames/s are inferred, 50 ms each. */
    private static final StreamDemand DEMAND = new StreamDemand(10, true, 0.05, true, 0.1);

    private static DispatcherStatus status(double budget, int reserved, int running) {
        DispatcherStatus.JobShare job = new DispatcherStatus.JobShare(
                "batch", 0, running, 0, 3, 0, 0, List.of(), new DispatcherStatus.Size(10, 10, false, 0.05, true, 0));
        StreamStatus stream =
                new StreamStatus("live", "m", 2, StreamStatus.Phase.RESERVED, reserved, DEMAND, "w1", -1, 0, 0, false);
        return new DispatcherStatus(
                1, "auto", budget, reserved, List.of(job), List.of(), List.of(stream), List.of(), null);
    }

    @Test
    void saysThatStreamsHoldEveryCoreAndThatAStreamHasTooLittle() {
        assertThat(JobNote.of(status(400, 400, 0)))
                .containsExactly(
                        new JobNote(
                                "batch",
                                "waits for cores: live streams hold 400m of 400m; stop a stream, infer fewer of its"
                                        + " frames (--every), or raise the budget",
                                ""),
                        new JobNote(
                                "live",
                                "",
                                "the stream needs 550m (10 frames/s x 50 ms + 10%) and has 400m, so frames are dropped;"
                                        + " infer fewer frames (--every 3), stop a stream, or raise the budget"));
    }

    @Test
    void saysNothingWhileThereIsRoom() {
        assertThat(JobNote.of(status(2000, 550, 0))).isEmpty();
    }

    @Test
    void saysNothingOfAJobThatRuns() {
        assertThat(JobNote.of(status(550, 550, 1))).isEmpty();
    }
}
