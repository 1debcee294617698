package io.framequota.scheduler.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.framequota.scheduler.policy.Speedup;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Measured costs and their effect on policies. */
class MeasuredTest {
    @Test
    void costIsMeasuredOnFinishedChunksAndChangesInSteps() {
        CostEstimator costs = new CostEstimator(new ContentionEstimator());
        assertThat(costs.isMeasured("m")).isFalse();

        costs.measured("m", FrameFormat.UNKNOWN, 1.0, 100);
        assertThat(costs.perFrame("m")).isEqualTo(0.01);
        costs.measured("m", FrameFormat.UNKNOWN, 1.05, 100);
        assertThat(costs.perFrame("m")).as("a change of 5 % has no effect").isEqualTo(0.01);
        costs.measured("m", FrameFormat.UNKNOWN, 8, 200);
        assertThat(costs.perFrame("m")).isCloseTo(10.05 / 400, within(1e-12));
        assertThat(costs.isMeasured("other")).isFalse();
    }

    @Test
    void unmeasuredKindCostsAsTheNearestOnePerPixel() {
        CostEstimator costs = new CostEstimator(new ContentionEstimator());
        FrameFormat small = new FrameFormat(100, 100, FrameFormat.PIXELS);
        costs.measured("m", small, 1, 100);
        costs.measured("m", new FrameFormat(1000, 1000, FrameFormat.PIXELS), 50, 100);

        assertThat(costs.perFrame("m", small)).isEqualTo(0.01);
        assertThat(costs.perFrame("m", new FrameFormat(200, 100, FrameFormat.PIXELS)))
                .isEqualTo(0.02);
        assertThat(costs.perFrame("m", new FrameFormat(1000, 500, FrameFormat.PIXELS)))
                .isEqualTo(0.25);
        assertThat(costs.perFrame("m", new FrameFormat(100, 100, "jpeg-95"))).isEqualTo(0.01);
        assertThat(costs.perFrame("m", FrameFormat.UNKNOWN)).isEqualTo(0.255);
    }

    private static FrameFormat packets(String codec, int width, int height, int every) {
        return new FrameFormat(416, 416, FrameFormat.PACKETS, new FrameFormat.Decoded(codec, width, height, every));
    }

    @Test
    void costOfPacketsIncludesTheirDecoding() {
        CostEstimator costs = new CostEstimator(new ContentionEstimator());
        FrameFormat small = packets("h264", 640, 360, 1);
        FrameFormat large = packets("h264", 1920, 1080, 1);
        FrameFormat sparse = packets("h264", 1920, 1080, 15);
        costs.measured("m", new FrameFormat(416, 416, FrameFormat.PIXELS), 1, 100);
        assertThat(costs.perFrame("m", large)).as("no packets were measured").isEqualTo(0.01);

        costs.measured("m", small, 1.2, 100);
        costs.measured("m", large, 2, 100);
        costs.measured("m", sparse, 16, 100);

        assertThat(costs.perFrame("m", small)).isEqualTo(0.012);
        assertThat(costs.perFrame("m", large)).isEqualTo(0.02);
        assertThat(costs.perFrame("m", sparse))
                .as("15 frames are decoded for each")
                .isEqualTo(0.16);
        assertThat(costs.perFrame("m", packets("h264", 1280, 720, 1)))
                .as("the nearest source")
                .isEqualTo(0.02);
        assertThat(costs.perFrame("m", packets("vp9", 640, 360, 1)))
                .as("the nearest source of another codec")
                .isEqualTo(0.012);
        assertThat(costs.perFrame("m", new FrameFormat(416, 416, FrameFormat.PIXELS)))
                .isEqualTo(0.01);
    }

    @Test
    void unmeasuredKindHasTheSpreadOfAll() {
        CostEstimator costs = new CostEstimator(new ContentionEstimator());
        costs.measured("m", packets("h264", 640, 360, 1), 1, 100);
        costs.measured("m", packets("h264", 1920, 1080, 1), 3, 100);

        assertThat(costs.spread("m", packets("h264", 1920, 1080, 1))).isZero();
        assertThat(costs.spread("m", packets("h264", 1280, 720, 1))).isCloseTo(0.5, within(1e-9));
    }

    @Test
    void spreadIsMeasuredOverChunks() {
        CostEstimator costs = new CostEstimator(new ContentionEstimator());
        FrameFormat kind = new FrameFormat(100, 100, FrameFormat.PIXELS);
        costs.measured("m", kind, 1, 100);
        assertThat(costs.spread("m", kind)).isZero();
        costs.measured("m", kind, 3, 100);

        assertThat(costs.spread("m", kind)).as("0.01 and 0.03 s per frame").isCloseTo(0.5, within(1e-9));
    }

    @Test
    void nextLeaderRecallsCostsByKind() {
        ModelMeasurements measured = new ModelMeasurements();
        CostEstimator costs = measured.costs;
        FrameFormat small = new FrameFormat(100, 100, FrameFormat.PIXELS);
        FrameFormat large = new FrameFormat(1000, 1000, FrameFormat.PIXELS);
        costs.measured("m", small, 1, 100);
        costs.measured("m", large, 50, 100);
        costs.measured("m", FrameFormat.UNKNOWN, 7, 100);
        CostEstimator next = new CostEstimator(new ContentionEstimator());
        measured.profiles().forEach(next::recall);

        assertThat(next.perFrame("m", small)).isCloseTo(0.01, within(1e-12));
        assertThat(next.perFrame("m", large)).isCloseTo(0.5, within(1e-12));
        assertThat(next.perFrame("m")).isCloseTo(58 / 300.0, within(0.1 * 58 / 300));
    }

    @Test
    void costOfARequestIsCorrectedWhileItRuns() {
        Bench bench = new Bench("srpt");
        bench.on(Bench.beat("worker-0"), new DispatchEvent.CostMeasured("m", 0.1));
        JobDescriptor descriptor = new JobDescriptor("job", 1, "m", Map.of(), 1000, JobDescriptor.UNLIMITED);
        bench.on(new DispatchEvent.JobSubmitted(new BacklogJob(descriptor, 20, false, Bench.chunks("job", 20), 0, 0)));
        assertThat(size(bench).remainingS()).isCloseTo(100, within(1e-9));

        for (int i = 0; i < 20; i++) {
            GrantRef ref = Bench.ref("job", i, 1);
            bench.on(Bench.started("worker-0", ref));
            bench.after(4_000, Bench.finished("worker-0", ref));
        }

        DispatcherStatus.Size size = size(bench);
        assertThat(size.measured()).isTrue();
        assertThat(size.remainingFrames()).isEqualTo(800);
        assertThat(size.coreSecondsPerFrame()).isBetween(0.35, 0.4);
    }

    private static DispatcherStatus.Size size(Bench bench) {
        return bench.dispatcher.status().jobs().getFirst().size();
    }

    @Test
    void hopelessRequestFailsOnceWithItsReasonAndGetsNoGrants() {
        Bench bench = new Bench("edf");
        bench.on(Bench.beat("worker-0"), new DispatchEvent.CostMeasured("m", 0.1));

        List<DispatchCommand> commands = bench.on(due("late", 1, 100, "5"), due("fine", 2, 100, "60"));

        assertThat(commands)
                .filteredOn(c -> c instanceof DispatchCommand.FailJob)
                .containsExactly(new DispatchCommand.FailJob(
                        "late",
                        "refused by the policy edf: it needs about 10.0 s on all cores and its deadline is in 5.0 s"));
        assertThat(Bench.grants(commands)).extracting(GrantRef::job).containsOnly("fine");
        assertThat(bench.on(new DispatchEvent.JobEnded("late"))).noneMatch(c -> c instanceof DispatchCommand.FailJob);
    }

    @Test
    void backlogIsTheRemainingWorkAtMeasuredCost() {
        Bench bench = new Bench("one-request-at-a-time");
        assertThat(bench.dispatcher.backlogCoreSeconds()).isZero();

        JobDescriptor descriptor = new JobDescriptor("job", 1, "m", Map.of(), 100, JobDescriptor.UNLIMITED);
        bench.on(
                new DispatchEvent.CostMeasured("m", 0.1),
                new DispatchEvent.JobSubmitted(BacklogJob.submitted(descriptor)));
        assertThat(bench.dispatcher.backlogCoreSeconds())
                .as("all expected frames of a job that is being decoded")
                .isCloseTo(10, within(1e-9));

        bench.on(new DispatchEvent.ChunkReady(Bench.chunk("job", 0)), new DispatchEvent.JobDecoded("job", 1));
        assertThat(bench.dispatcher.backlogCoreSeconds())
                .as("the frames of a decoded job that are not inferred")
                .isCloseTo(Bench.chunk("job", 0).frames() * 0.1, within(1e-9));

        bench.on(new DispatchEvent.JobEnded("job"));
        assertThat(bench.dispatcher.backlogCoreSeconds()).isZero();
    }

    @Test
    void noRequestIsRefusedWithoutAMeasuredCost() {
        Bench bench = new Bench("edf");
        bench.on(Bench.beat("worker-0"));

        assertThat(bench.on(due("job", 1, 100, "0.001"))).noneMatch(c -> c instanceof DispatchCommand.FailJob);
    }

    @Test
    void autoExplainsItsChoiceAndUsesTheMeasuredSpeedup() {
        Bench bench = new Bench("auto");
        bench.on(Bench.beat("worker-0"), Bench.beat("worker-1"), new DispatchEvent.CostMeasured("m", 0.1));
        bench.on(due("a", 1, 10, "60"), due("b", 2, 10, "60"));

        assertThat(bench.dispatcher.status().explanation().chosen().atATime()).isEqualTo(1);
        bench.on(new DispatchEvent.SpeedupMeasured(new Speedup.Capped(1)));
        assertThat(bench.dispatcher.status().explanation().chosen().atATime()).isEqualTo(2);
    }

    @Test
    void allocationIsReviewedWithoutEvents() {
        Bench bench = new Bench(
                "one-request-at-a-time", Map.of("order", "shortest-first", "aging", "10"), DispatcherSettings.UNCAPPED);
        bench.on(Bench.beat("worker-0"), due("long", 1, 500, "999"), due("short", 2, 10, "999"));
        assertThat(head(bench)).isEqualTo("short");

        bench.pass(11_000, Bench.beat("worker-0"));

        assertThat(head(bench)).isEqualTo("long");
    }

    private static String head(Bench bench) {
        return bench.dispatcher.status().jobs().stream()
                .filter(j -> j.millicores() > 0)
                .findFirst()
                .orElseThrow()
                .job();
    }

    /** A job with two decoded chunks and more to come. */
    private static DispatchEvent due(String id, long arrival, long frames, String inS) {
        JobDescriptor descriptor =
                new JobDescriptor(id, arrival, "m", Map.of("deadline", inS), frames, JobDescriptor.UNLIMITED);
        return new DispatchEvent.JobSubmitted(new BacklogJob(descriptor, 2, false, Bench.chunks(id, 2), 0, 0));
    }
}
