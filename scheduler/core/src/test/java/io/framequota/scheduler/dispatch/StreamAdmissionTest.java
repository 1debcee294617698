package io.framequota.scheduler.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.scheduler.policy.Policies;
import io.framequota.scheduler.policy.PolicyDefinition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Reservations of live streams on a scripted clock: two workers with a core each, unless said otherwise. */
class StreamAdmissionTest {
    private static final double COST_S = 0.05;
    private final Bench bench = bench("divide-and-conquer", DispatcherSettings.UNCAPPED);

    /** A leadership whose first two seconds are over, with a model of 50 ms a frame. */
    private static Bench bench(String policy, double budget) {
        Bench bench = new Bench(policy, budget);
        bench.on(
                beat("w1"),
                beat("w2"),
                new DispatchEvent.CostMeasured("m", COST_S),
                new DispatchEvent.BacklogRead(List.of(), 0));
        bench.pass(2_200, beat("w1"), beat("w2"));
        return bench;
    }

    private static DispatchEvent.Heartbeat beat(String worker, StreamReport... streams) {
        return new DispatchEvent.Heartbeat(
                Bench.id(worker), Bench.EPOCH, Bench.info(true), null, null, List.of(streams));
    }

    private static StreamReport run(String job, long frames, double perFrameS) {
        return new StreamReport(job, frames, 0, frames * perFrameS, "");
    }

    private static StreamSpec spec(double fps) {
        return new StreamSpec(fps, 1, FrameFormat.UNKNOWN, 0, false, 1, 0);
    }

    private static DispatchEvent open(String job, double fps) {
        return new DispatchEvent.StreamSubmitted(
                new StreamJob(job, 100 + job.charAt(job.length() - 1), "m", 0, spec(fps)));
    }

    private static List<DispatchCommand.GrantStream> granted(List<DispatchCommand> commands) {
        return of(commands, DispatchCommand.GrantStream.class);
    }

    private static <T extends DispatchCommand> List<T> of(List<DispatchCommand> commands, Class<T> kind) {
        return commands.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private static String cause(List<DispatchCommand> commands) {
        return of(commands, DispatchCommand.FailJob.class).stream()
                .map(DispatchCommand.FailJob::cause)
                .findFirst()
                .orElse("");
    }

    private StreamStatus status(String job) {
        return bench.dispatcher.status().streams().stream()
                .filter(s -> s.job().equals(job))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void reservesRateTimesCostWithHeadroomOnTheGrid() {
        List<DispatchCommand> commands = bench.on(open("s1", 10));

        // 10 frames/s x 50 ms = 500m, and a tenth.
        assertThat(granted(commands)).hasSize(1).first().satisfies(g -> {
            assertThat(g.millicores()).isEqualTo(550);
            assertThat(g.worker()).isEqualTo("w1");
            assertThat(g.stream()).isEqualTo(spec(10));
        });
        assertThat(bench.dispatcher.reserved()).isEqualTo(550);
        assertThat(status("s1").demand().words()).isEqualTo("needs 550m (10 frames/s x 50 ms + 10%)");
    }

    @Test
    void refusesWithTheFiguresAfterThreeSeconds() {
        bench.on(open("s1", 10), open("s2", 10));

        List<DispatchCommand> first = bench.on(open("s3", 16));
        List<DispatchCommand> later = bench.pass(3_200, beat("w1", run("s1", 1, 0)), beat("w2", run("s2", 1, 0)));

        assertThat(cause(first)).isEmpty();
        assertThat(cause(later))
                .isEqualTo(
                        "needs 880m (16 frames/s x 50 ms + 10%); 900m of 2000m are free beside 2 streams, and no worker"
                                + " has more than 450m of them; infer fewer frames (--every 2), stop a stream, or raise the budget");
        assertThat(bench.dispatcher.reserved()).isEqualTo(1100);
    }

    @Test
    void refusesWhatTheBudgetLacks() {
        Bench small = bench("divide-and-conquer", 1000);
        small.on(open("s1", 10));

        assertThat(cause(small.on(open("s2", 10)))).isEmpty();
        assertThat(cause(small.pass(3_200, beat("w1", run("s1", 1, 0)), beat("w2"))))
                .isEqualTo("needs 550m (10 frames/s x 50 ms + 10%); 450m of 1000m are free beside 1 stream; infer fewer"
                        + " frames (--every 2), stop a stream, or raise the budget");
    }

    @Test
    void withoutAnyRoomTheAdviceIsForAllStreams() {
        Bench small = bench("divide-and-conquer", 1000);
        small.on(open("s1", 18));

        assertThat(cause(small.on(open("s2", 10)))).isEmpty();
        // 990m are reserved and 550m are needed, of 1000m.
        assertThat(cause(small.pass(3_400, beat("w1", run("s1", 1, 0)), beat("w2"))))
                .isEqualTo("needs 550m (10 frames/s x 50 ms + 10%); 10m of 1000m are free beside 1 stream; infer fewer"
                        + " frames (--every 55), stop a stream, or raise the budget");

        Bench full = bench("divide-and-conquer", 990);
        full.on(open("s1", 18));
        full.on(open("s2", 10));
        assertThat(cause(full.pass(3_400, beat("w1", run("s1", 1, 0)), beat("w2"))))
                .isEqualTo("needs 550m (10 frames/s x 50 ms + 10%); 0m of 990m are free beside 1 stream; infer fewer"
                        + " frames of each stream (--every 2), stop a stream, or raise the budget");
    }

    @Test
    void theCheapestOfTheLatestChunksSaysWhatAStreamNeeds() {
        // Beside other work, chunks took up to ten times as long.
        for (double slow : List.of(0.5, 0.02, 0.4, 0.3)) {
            bench.on(new DispatchEvent.CostMeasured("m", slow));
        }

        bench.on(open("s1", 10));

        assertThat(status("s1").demand().words()).isEqualTo("needs 220m (10 frames/s x 20 ms + 10%)");
    }

    @Test
    void aStreamOfAnotherSizeSaysMoreThanChunks() {
        bench.on(new DispatchEvent.CostMeasured("m", 0.5));
        FrameFormat small = new FrameFormat(320, 240, FrameFormat.PIXELS);
        FrameFormat large = new FrameFormat(640, 480, FrameFormat.PIXELS);
        bench.on(sized("s1", small));
        bench.pass(1_000, beat("w1", run("s1", 100, 0.01)), beat("w2"));

        bench.on(sized("s2", large));

        // Four times as many pixels as the one that was measured to take 10 ms.
        assertThat(status("s2").demand().words()).isEqualTo("needs 440m (10 frames/s x 40 ms + 10%)");
    }

    private static DispatchEvent sized(String job, FrameFormat frames) {
        return new DispatchEvent.StreamSubmitted(new StreamJob(
                job, 100 + job.charAt(job.length() - 1), "m", 0, new StreamSpec(10, 1, frames, 0, false, 1, 0)));
    }

    @Test
    void isAdmittedWhenAnotherStreamEndsBeforeTheRefusal() {
        bench.on(open("s1", 16), open("s2", 16));
        assertThat(granted(bench.on(open("s3", 16)))).isEmpty();

        bench.nowMs += 1_000;
        List<DispatchCommand> commands = bench.on(new DispatchEvent.JobEnded("s1"));

        assertThat(granted(commands))
                .extracting(DispatchCommand.GrantStream::job)
                .containsExactly("s3");
        assertThat(of(commands, DispatchCommand.StopStream.class))
                .containsExactly(new DispatchCommand.StopStream("w1", "s1"));
    }

    @Test
    void whatIsOnlyAssumedDoesNotRefuse() {
        Bench fresh = new Bench("divide-and-conquer", 1000);
        fresh.on(beat("w1"), beat("w2"), new DispatchEvent.BacklogRead(List.of(), 0));
        fresh.pass(2_200, beat("w1"), beat("w2"));

        // Neither the rate nor the cost is known: 25 frames/s of 50 ms would need 1380m.
        List<DispatchCommand> commands = fresh.on(open("s1", 0));

        assertThat(granted(commands))
                .hasSize(1)
                .first()
                .satisfies(g -> assertThat(g.millicores()).isEqualTo(1000));
        assertThat(fresh.dispatcher.status().streams().getFirst().demand().words())
                .isEqualTo("needs 1380m (25 frames/s assumed x 50 ms assumed + 10%)");

        // Its heartbeats show 10 ms, and the authority says 10 frames/s.
        fresh.on(new DispatchEvent.StreamOpened("s1", spec(10)));
        fresh.pass(400, beat("w1", run("s1", 50, 0.010)), beat("w2"));

        assertThat(fresh.dispatcher.reserved()).isEqualTo(110);
    }

    @Test
    void measuredCostCorrectsTheReservationWithoutFlutter() {
        bench.on(open("s1", 10));
        List<Integer> seen = new ArrayList<>();
        long frames = 0;
        double seconds = 0;
        for (int i = 0; i < 600; i++) {
            // A cost that goes up and down by 8 % around 50 ms.
            frames += 5;
            seconds += 5 * COST_S * (1 + 0.08 * Math.sin(i / 7.0));
            bench.pass(400, beat("w1", new StreamReport("s1", frames, 0, seconds, "")), beat("w2"));
            seen.add(bench.dispatcher.reserved());
        }
        assertThat(seen).containsOnly(550);

        // The scene changes: 90 ms.
        for (int i = 0; i < 200; i++) {
            frames += 5;
            seconds += 5 * 0.09;
            bench.pass(400, beat("w1", new StreamReport("s1", frames, 0, seconds, "")), beat("w2"));
            seen.add(bench.dispatcher.reserved());
        }
        assertThat(bench.dispatcher.reserved()).isBetween(880, 1000);
        assertThat(seen.stream().distinct().count()).as("steps: %s", seen).isLessThanOrEqualTo(8);
    }

    @Test
    void growthIsBoundedByWhatIsFreeAndEndsNoStream() {
        bench.on(open("s1", 10), open("s2", 10));
        List<DispatchCommand> all = new ArrayList<>();
        for (long frames = 100; frames <= 2_000; frames += 100) {
            all.addAll(bench.pass(400, beat("w1", run("s1", frames, 0.3)), beat("w2", run("s2", frames, COST_S))));
        }

        assertThat(cause(all)).isEmpty();
        assertThat(status("s1").millicores()).isEqualTo(1000);
        assertThat(status("s1").demand().millicores()).isEqualTo(3300);
        assertThat(status("s2").millicores()).isEqualTo(550);
    }

    @Test
    void theNewestStreamEndsWhenTheBudgetStaysTooSmall() {
        bench.on(open("s1", 10));
        bench.on(open("s2", 10));
        DispatchEvent.Heartbeat[] alive = {beat("w1", run("s1", 1, 0)), beat("w2", run("s2", 1, 0))};
        bench.on(new DispatchEvent.BudgetChanged(1000));

        assertThat(cause(bench.pass(55_000, alive))).isEmpty();
        List<DispatchCommand> late = bench.pass(8_000, alive);

        assertThat(of(late, DispatchCommand.FailJob.class).getFirst().job()).isEqualTo("s2");
        assertThat(cause(late))
                .isEqualTo(
                        "the budget shrank to 1000m and this is the newest stream: it needs 550m (10 frames/s x 50 ms"
                                + " + 10%), and older streams hold 550m; stop a stream or raise the budget");
        assertThat(bench.dispatcher.reserved()).isEqualTo(550);
    }

    @Test
    void aShortShortageEndsNothing() {
        bench.on(open("s1", 10));
        bench.on(open("s2", 10));
        DispatchEvent.Heartbeat[] alive = {beat("w1", run("s1", 1, 0)), beat("w2", run("s2", 1, 0))};
        bench.on(new DispatchEvent.BudgetChanged(1000));
        bench.pass(55_000, alive);
        bench.on(new DispatchEvent.BudgetChanged(2000));
        bench.pass(1_000, alive);
        bench.on(new DispatchEvent.BudgetChanged(1000));

        assertThat(cause(bench.pass(55_000, alive))).isEmpty();
    }

    @Test
    void aStreamMovesWithinThreeSecondsWhenItsWorkerIsSilent() {
        bench.on(open("s1", 10));
        long goneMs = bench.nowMs;
        List<DispatchCommand> commands = new ArrayList<>();
        while (granted(commands).isEmpty() && bench.nowMs < goneMs + 10_000) {
            commands.addAll(bench.pass(200, beat("w2")));
        }

        assertThat(bench.nowMs - goneMs).isLessThanOrEqualTo(3_000);
        assertThat(granted(commands)).first().satisfies(g -> {
            assertThat(g.worker()).isEqualTo("w2");
            assertThat(g.millicores()).isEqualTo(550);
        });
        // The worker comes back and still infers it: it is told to stop.
        assertThat(of(bench.on(beat("w1", run("s1", 10, 0.05))), DispatchCommand.StopStream.class))
                .containsExactly(new DispatchCommand.StopStream("w1", "s1"));
        assertThat(status("s1").worker()).isEqualTo("w2");
    }

    @Test
    void aStreamMovesAtOnceWhenItsWorkerLeaves() {
        bench.on(open("s1", 10));

        List<DispatchCommand> commands = bench.on(new DispatchEvent.Leaving(Bench.id("w1"), Bench.EPOCH));

        assertThat(granted(commands))
                .extracting(DispatchCommand.GrantStream::worker)
                .containsExactly("w2");
    }

    @Test
    void streamsStayWhereTheyAreWhenAnotherWorkerComes() {
        bench.on(open("s1", 6), open("s2", 4));
        List<DispatchCommand> moved = bench.on(new DispatchEvent.Leaving(Bench.id("w1"), Bench.EPOCH));
        assertThat(granted(moved))
                .extracting(DispatchCommand.GrantStream::worker)
                .containsExactly("w2");

        List<DispatchCommand> commands = bench.pass(
                20_000,
                new DispatchEvent.Heartbeat(new WorkerId("w1", "w1-2"), Bench.EPOCH, Bench.info(true), null, null),
                beat("w2", run("s1", 1, 0), run("s2", 1, 0)));

        assertThat(of(commands, DispatchCommand.StopStream.class)).isEmpty();
        assertThat(status("s1").worker()).isEqualTo("w2");
    }

    @Test
    void aWorkerThatHasTooLittleRoomGivesAStreamAway() {
        bench.on(open("s1", 12), open("s2", 12));
        bench.on(new DispatchEvent.Leaving(Bench.id("w1"), Bench.EPOCH));
        assertThat(status("s1").worker()).isEqualTo("w2");
        DispatchEvent.Heartbeat back =
                new DispatchEvent.Heartbeat(new WorkerId("w1", "w1-2"), Bench.EPOCH, Bench.info(true), null, null);

        List<DispatchCommand> commands = bench.pass(6_000, back, beat("w2", run("s1", 1, 0), run("s2", 1, 0)));

        assertThat(of(commands, DispatchCommand.StopStream.class)).isNotEmpty();
        assertThat(bench.dispatcher.status().workers())
                .extracting(DispatcherStatus.WorkerStatus::reserved)
                .containsExactly(660, 660);
    }

    @Test
    void aGrantIsSentAgainUntilAHeartbeatShowsTheStream() {
        bench.on(open("s1", 10));

        assertThat(granted(bench.after(500, beat("w1")))).isEmpty();
        assertThat(granted(bench.after(500, beat("w1")))).hasSize(1);
        assertThat(granted(bench.after(500, beat("w1", run("s1", 1, 0.05))))).isEmpty();
        assertThat(granted(bench.after(500, beat("w1", run("s1", 2, 0.05))))).isEmpty();
    }

    @Test
    void aNewConnectionAndAnotherRateAreToldToTheWorker() {
        bench.on(open("s1", 10));
        StreamSpec again = new StreamSpec(5, 1, FrameFormat.UNKNOWN, 0, false, 2, 77);

        List<DispatchCommand> commands = bench.on(new DispatchEvent.StreamOpened("s1", again));

        assertThat(granted(commands)).containsExactly(new DispatchCommand.GrantStream("w1", "s1", "m", again, 280));
    }

    @Test
    void aLostStreamKeepsItsReservationForAMinute() {
        bench.on(open("s1", 10));
        bench.on(new DispatchEvent.StreamLost("s1"));
        DispatchEvent.Heartbeat[] alive = {beat("w1", run("s1", 1, 0.05)), beat("w2")};

        bench.pass(58_000, alive);
        assertThat(bench.dispatcher.reserved()).isEqualTo(550);
        List<DispatchCommand> commands = bench.pass(4_000, alive);

        assertThat(bench.dispatcher.reserved()).isZero();
        assertThat(of(commands, DispatchCommand.StopStream.class)).isNotEmpty();
        assertThat(cause(commands)).isEmpty();
        // It is back: admission again.
        StreamSpec back = new StreamSpec(10, 1, FrameFormat.UNKNOWN, 0, false, 2, 5);
        assertThat(granted(bench.on(new DispatchEvent.StreamOpened("s1", back))))
                .hasSize(1);
    }

    @Test
    void aStreamThatComesBackInTimeGoesOnWhereItWas() {
        bench.on(open("s1", 10));
        bench.on(new DispatchEvent.StreamLost("s1"));
        DispatchEvent.Heartbeat[] alive = {beat("w1", run("s1", 1, 0.05)), beat("w2")};
        bench.pass(30_000, alive);
        StreamSpec back = new StreamSpec(10, 1, FrameFormat.UNKNOWN, 0, false, 2, 5);

        assertThat(granted(bench.on(new DispatchEvent.StreamOpened("s1", back))))
                .extracting(DispatchCommand.GrantStream::worker)
                .containsExactly("w1");
        bench.pass(60_000, alive);
        assertThat(bench.dispatcher.reserved()).isEqualTo(550);
    }

    @Test
    void aWorkerThatCannotInferItGivesItToAnotherAndThenItFails() {
        bench.on(open("s1", 10));
        StreamReport broken = new StreamReport("s1", 0, 0, 0, "the decoder does not know av1");

        List<DispatchCommand> first = bench.pass(21_000, beat("w1", broken), beat("w2"));
        assertThat(granted(first))
                .extracting(DispatchCommand.GrantStream::worker)
                .contains("w2");
        assertThat(status("s1").worker()).isEqualTo("w2");
        assertThat(cause(first)).isEmpty();

        assertThat(cause(bench.pass(21_000, beat("w1"), beat("w2", broken))))
                .isEqualTo("the stream cannot be inferred: the decoder does not know av1 (on w2)");
        assertThat(bench.dispatcher.reserved()).isZero();
    }

    @Test
    void itDoesNotFailWhileAWorkerThatMayInferItIsOnlyAway() {
        bench.on(open("s1", 10));
        StreamReport broken = new StreamReport("s1", 0, 0, 0, "the decoder does not know av1");
        DispatchEvent.Heartbeat away = Bench.beat("w2", Bench.info(false, new String[0]));

        List<DispatchCommand> commands = bench.pass(40_000, beat("w1", broken), away);

        assertThat(cause(commands)).isEmpty();
        assertThat(granted(bench.pass(1_000, beat("w1", broken), beat("w2"))))
                .extracting(DispatchCommand.GrantStream::worker)
                .contains("w2");
    }

    @Test
    void aFailureThatEndsMovesAndFailsNothing() {
        bench.on(open("s1", 10));
        StreamReport broken = new StreamReport("s1", 5, 0, 0.2, "this picture cannot be decoded");
        List<DispatchCommand> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            all.addAll(bench.pass(10_000, beat("w1", broken), beat("w2")));
            all.addAll(bench.pass(400, beat("w1", run("s1", 5, 0.04)), beat("w2")));
        }
        // A worker whose server is away, and a stream that nobody sends, show nothing.
        DispatchEvent.Heartbeat away = new DispatchEvent.Heartbeat(
                Bench.id("w1"), Bench.EPOCH, Bench.info(false), null, null, List.of(broken));
        bench.on(new DispatchEvent.StreamLost("s1"));
        all.addAll(bench.pass(40_000, beat("w1", broken), beat("w2")));

        assertThat(cause(all)).isEmpty();
        assertThat(of(all, DispatchCommand.StopStream.class)).isEmpty();
        assertThat(cause(bench.pass(30_000, away, beat("w2", run("s1", 5, 0.04)))))
                .isEmpty();
    }

    @Test
    void failsWithoutItsModelAsOtherJobsDo() {
        bench.on(new DispatchEvent.StreamSubmitted(new StreamJob("s1", 9, "other", 0, spec(10))));

        assertThat(cause(bench.pass(121_000, beat("w1"), beat("w2"))))
                .isEqualTo("no worker has the model other (for 120 s); start one that has it and redrive the job");
    }

    @Test
    void theAuthorityIsAskedAgainUntilTheJobHasEnded() {
        bench.on(new DispatchEvent.StreamSubmitted(new StreamJob("s1", 9, "other", 0, spec(10))));
        bench.pass(121_000, beat("w1"), beat("w2"));

        assertThat(of(bench.pass(5_000, beat("w1"), beat("w2")), DispatchCommand.FailJob.class))
                .isNotEmpty();
        bench.on(new DispatchEvent.JobEnded("s1"));
        assertThat(of(bench.pass(5_000, beat("w1"), beat("w2")), DispatchCommand.FailJob.class))
                .isEmpty();
        assertThat(bench.dispatcher.status().streams()).isEmpty();
    }

    @Test
    void aNewLeaderTakesOverWhatRunsBeforeItPlacesAnything() {
        Bench next = new Bench("divide-and-conquer", DispatcherSettings.UNCAPPED);
        StreamJob running = new StreamJob("s1", 1, "m", 0, spec(10));
        StreamJob waiting = new StreamJob("s2", 2, "m", 0, spec(10));
        next.on(new DispatchEvent.BacklogRead(List.of(), List.of(running, waiting), 2));

        List<DispatchCommand> first = next.on(beat("w1"), beat("w2", run("s1", 4_000, 0.04)));

        // The same worker gets it by the new leader's word, with what it measured.
        assertThat(granted(first)).containsExactly(new DispatchCommand.GrantStream("w2", "s1", "m", spec(10), 440));
        List<DispatchCommand> later = next.pass(2_200, beat("w1"), beat("w2", run("s1", 4_000, 0.04)));
        assertThat(granted(later))
                .extracting(DispatchCommand.GrantStream::job, DispatchCommand.GrantStream::worker)
                .contains(org.assertj.core.groups.Tuple.tuple("s2", "w1"))
                .doesNotContain(org.assertj.core.groups.Tuple.tuple("s1", "w1"));
    }

    @Test
    void aTakenOverStreamKeepsRunningEvenWithoutRoom() {
        Bench next = new Bench("divide-and-conquer", 400);
        next.on(new DispatchEvent.BacklogRead(List.of(), List.of(new StreamJob("s1", 1, "m", 0, spec(10))), 2));

        List<DispatchCommand> commands = next.on(beat("w1", run("s1", 100, 0.05)));

        assertThat(granted(commands)).hasSize(1);
        assertThat(cause(commands)).isEmpty();
    }

    @Test
    void anEndedJobIsStoppedWhereverItStillRuns() {
        bench.on(open("s1", 10));
        bench.on(new DispatchEvent.JobEnded("s1"));

        List<DispatchCommand> commands = bench.after(1_000, beat("w1", run("s1", 1, 0.05)));

        assertThat(commands).containsExactly(new DispatchCommand.StopStream("w1", "s1"));
        // A late copy of its submission does not open it again.
        assertThat(bench.on(open("s1", 10))).isEmpty();
    }

    static List<String> policies() {
        return Policies.installed().serving().stream()
                .map(PolicyDefinition::name)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("policies")
    void everyPolicySharesTheBudgetLessReservations(String policy) {
        Bench one = bench(policy, DispatcherSettings.UNCAPPED);
        one.on(open("s1", 18));
        one.on(one.job("a", 4), one.job("b", 4), one.job("c", 4));

        DispatcherStatus status = one.dispatcher.status();

        // 18 frames/s x 50 ms + 10% = 990m: w1 has no room for chunks, and w2 has all of its own.
        assertThat(status.reserved()).isEqualTo(990);
        assertThat(status.jobs()).extracting(DispatcherStatus.JobShare::job).containsExactly("a", "b", "c");
        assertThat(sum(status)).isGreaterThan(0).isLessThanOrEqualTo(1000 + 1e-9);
        assertThat(status.workers())
                .extracting(DispatcherStatus.WorkerStatus::active)
                .containsExactly(false, true);
        assertThat(one.dispatcher.decodeNext()).doesNotContain("s1");

        one.on(new DispatchEvent.JobEnded("s1"));
        assertThat(one.dispatcher.status().workers())
                .extracting(DispatcherStatus.WorkerStatus::active)
                .containsExactly(true, true);
    }

    @ParameterizedTest
    @MethodSource("policies")
    void underEnforcedSharesAWorkersLimitIsItsShareAndItsStreams(String policy) {
        Bench one = bench(policy, DispatcherSettings.UNCAPPED);
        one.on(DispatchEvent.SharesEnforced.LIMITS);
        one.on(open("s1", 10));
        one.on(one.job("a", 4), one.job("b", 4));

        List<WorkerShare> shares = one.dispatcher.workerShares();

        WorkerShare withStream = shares.getFirst();
        assertThat(withStream.reserved()).isEqualTo(550);
        assertThat(withStream.runs()).isTrue();
        assertThat(withStream.millicores()).isLessThanOrEqualTo(450 + 1e-9);
        assertThat(withStream.limit()).isEqualTo(withStream.millicores() + 550);
        assertThat(shares.stream().mapToDouble(WorkerShare::limit).sum()).isLessThanOrEqualTo(2000 + 1e-9);
        assertThat(one.dispatcher.pace(Bench.id("w1"))).isLessThanOrEqualTo(0.45 + 1e-9);
    }

    @Test
    void aWorkerWithAStreamIsSlowerForChunks() {
        bench.on(open("s1", 10));

        bench.on(bench.job("a", 4));

        assertThat(bench.dispatcher.pace(Bench.id("w1"))).isEqualTo(0.45);
        assertThat(bench.dispatcher.pace(Bench.id("w2"))).isEqualTo(1);
        assertThat(sum(bench.dispatcher.status())).isEqualTo(1450);
    }

    @Test
    void streamsThatHoldEverythingLeaveNothingToJobsAndJobsWait() {
        bench.on(open("s1", 18), open("s2", 18));
        List<DispatchCommand> commands = bench.on(bench.job("a", 2));
        assertThat(sum(bench.dispatcher.status())).as("10m on each worker").isEqualTo(20);
        assertThat(Bench.grants(commands)).isNotEmpty();

        Bench full = bench("divide-and-conquer", 990);
        full.on(open("s1", 18));
        assertThat(Bench.grants(full.on(full.job("a", 2)))).isEmpty();
        assertThat(Bench.grants(full.on(new DispatchEvent.JobEnded("s1")))).isNotEmpty();
    }

    @Test
    void aSnapshotAndAnEndedJobKnowWhatStreamsHold() {
        bench.on(open("s1", 10));
        bench.on(bench.job("a", 1));

        DispatcherSnapshot snapshot = bench.dispatcher.snapshot(bench.nowMs * 1000);

        assertThat(snapshot.reserved()).isEqualTo(Map.of("w1", 550));
        assertThat(snapshot.jobs()).extracting(DispatcherSnapshot.OpenJob::id).containsExactly("a");
    }

    @Test
    void withoutStreamsNothingIsReserved() {
        bench.on(bench.job("a", 4));

        assertThat(bench.dispatcher.reserved()).isZero();
        assertThat(sum(bench.dispatcher.status())).isEqualTo(2000);
        assertThat(bench.dispatcher.workerShares()).allMatch(s -> s.reserved() == 0);
    }

    @Test
    void everyDecisionWithStreamsCanBeReplayed() {
        DispatchRecorder recorder = new DispatchRecorder();
        DispatcherSettings settings = DispatcherSettings.capped(DispatcherSettings.UNCAPPED);
        recorder.begin(1, Policies.installed().choose("divide-and-conquer", Map.of()), settings);
        Dispatcher dispatcher = new Dispatcher(
                1, Policies.installed().choose("divide-and-conquer", Map.of()), settings, new DecisionLog(10));
        WorkerId worker = new WorkerId("w1", "1");
        long now = 0;
        List<DispatchEvent> events = Arrays.asList(
                new DispatchEvent.BacklogRead(List.of(), 0),
                new DispatchEvent.Heartbeat(worker, 1, new WorkerInfo(true, 1, Set.of("m"), "raw", "test"), null, null),
                open("s1", 10),
                new DispatchEvent.Tick(),
                new DispatchEvent.Tick(),
                new DispatchEvent.StreamLost("s1"),
                new DispatchEvent.JobEnded("s1"));
        int streams = 0;
        for (DispatchEvent event : events) {
            now += 1_500_000;
            recorder.observed(event, now);
            dispatcher.observe(event, now);
            List<DispatchCommand> commands = dispatcher.decide(now);
            recorder.decided(commands, now);
            streams += granted(commands).size();
        }

        Predicate<DispatchRecorder.Replayed> equal = r -> r.difference() == null;
        assertThat(recorder.record().replay()).matches(equal);
        assertThat(streams).isPositive();
    }

    private static double sum(DispatcherStatus status) {
        return status.jobs().stream()
                .mapToDouble(DispatcherStatus.JobShare::millicores)
                .sum();
    }

    private static DispatchEvent.Heartbeat alive(WorkerId worker) {
        return new DispatchEvent.Heartbeat(worker, Bench.EPOCH, Bench.info(true), null, null, List.of(run("s1", 1, 0)));
    }

    @Test
    void chunksThatEndTheProcessDoNotFailTheStreamInIt() {
        Bench one = new Bench("divide-and-conquer");
        WorkerId worker = new WorkerId("w", "0");
        one.on(alive(worker), new DispatchEvent.CostMeasured("m", COST_S), new DispatchEvent.BacklogRead(List.of(), 0));
        one.pass(2_200, alive(worker));
        one.on(open("s1", 10));
        List<DispatchCommand> all = new ArrayList<>();
        List<DispatchCommand> latest = one.on(one.job("bad", 2));
        int deaths = 0;
        int condemned = 0;
        for (int i = 0; i < 50 && condemned < 2; i++) {
            all.addAll(latest);
            List<DispatchCommand.Grant> grants = of(latest, DispatchCommand.Grant.class);
            if (grants.isEmpty()) {
                latest = one.after(200, alive(worker), new DispatchEvent.Tick());
                continue;
            }
            DispatchCommand.Grant grant = grants.getFirst();
            GrantRef ref = VirtualWorker.ref(grant);
            one.after(50, new DispatchEvent.Started(worker, Bench.EPOCH, ref, 0));
            if (grant.condemned().isEmpty()) {
                worker = new WorkerId("w", "after-" + ++deaths);
                latest = one.after(500, alive(worker));
            } else {
                condemned++;
                latest = one.after(50, new DispatchEvent.Finished(worker, Bench.EPOCH, ref, 10, 0));
            }
        }

        assertThat(condemned).isEqualTo(2);
        assertThat(deaths).isEqualTo(6);
        assertThat(cause(all)).isEmpty();
        assertThat(one.dispatcher.reservedStreams()).isEqualTo(1);
    }
}
