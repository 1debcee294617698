package io.framequota.scheduler.dispatch;

import static io.framequota.scheduler.dispatch.Bench.beat;
import static io.framequota.scheduler.dispatch.Bench.chunk;
import static io.framequota.scheduler.dispatch.Bench.chunks;
import static io.framequota.scheduler.dispatch.Bench.finished;
import static io.framequota.scheduler.dispatch.Bench.grants;
import static io.framequota.scheduler.dispatch.Bench.ref;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.framequota.scheduler.policy.Policies;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Events may be repeated, late or missing. */
class FactsTest {
    private final Bench bench = new Bench("divide-and-conquer");

    @Test
    void repeatedEventsChangeNothing() {
        JobDescriptor descriptor = bench.descriptor("a");
        DispatchEvent[] facts = {
            new DispatchEvent.JobSubmitted(BacklogJob.submitted(descriptor)),
            new DispatchEvent.ChunkReady(chunk("a", 0)),
            new DispatchEvent.JobDecoded("a", 1)
        };
        assertThat(bench.on(facts)).isEmpty();
        assertThat(grants(bench.on(beat("w")))).containsExactly(ref("a", 0, 1));

        assertThat(bench.on(facts)).isEmpty();
        bench.on(finished("w", ref("a", 0, 1)), new DispatchEvent.ChunkCommitted("a", 0));
        assertThat(bench.on(facts)).isEmpty();
        bench.on(new DispatchEvent.JobEnded("a"), new DispatchEvent.JobEnded("a"));
        assertThat(bench.on(facts))
                .as("old events do not open an ended job again")
                .isEmpty();
        assertThat(bench.dispatcher.status().jobs()).isEmpty();
    }

    @Test
    void committedChunkIsNotGrantedInAnyOrderOfEvents() {
        bench.on(new DispatchEvent.JobSubmitted(BacklogJob.submitted(bench.descriptor("a"))));
        bench.on(new DispatchEvent.ChunkCommitted("a", 0), new DispatchEvent.ChunkReady(chunk("a", 0)));
        bench.on(new DispatchEvent.ChunkReady(chunk("a", 1)));

        assertThat(grants(bench.on(beat("w")))).containsExactly(ref("a", 1, 1));
    }

    @Test
    void jobHasASizeOnceItsSourceIsProbed() {
        Bench shortest = new Bench("srpt");
        shortest.on(beat("w"));
        for (String id : List.of("long", "short", "unknown")) {
            shortest.on(new DispatchEvent.JobSubmitted(BacklogJob.submitted(shortest.descriptor(id))));
        }
        shortest.on(probed("long", 1000), probed("short", 100));

        assertThat(shortest.dispatcher.decodeNext()).containsExactly("short", "long", "unknown");
        assertThat(shortest.dispatcher.status().jobs())
                .as("no job has chunks")
                .allSatisfy(j -> assertThat(j.millicores()).isZero());

        shortest.on(probed("long", 50));

        assertThat(shortest.dispatcher.decodeNext())
                .as("the length is now better known")
                .containsExactly("long", "short", "unknown");
        assertThat(shortest.dispatcher.status().jobs().getFirst().size().frames())
                .isEqualTo(50);
    }

    @Test
    void shareGoesToAJobWithChunksBeforeAnEarlierJobWithout() {
        Bench shares = new Bench("divide-and-conquer");
        shares.on(DispatchEvent.SharesEnforced.LIMITS, beat("w0"), beat("w1"));
        shares.on(
                new DispatchEvent.JobSubmitted(BacklogJob.submitted(shares.descriptor("undecoded"))),
                probed("undecoded", 10),
                new DispatchEvent.JobSubmitted(
                        new BacklogJob(shares.descriptor("ready"), 5, true, chunks("ready", 5), 0, 0)));
        assertThat(millicores(shares)).containsExactly(0.0, 2000.0);

        shares.on(new DispatchEvent.JobDecoding("undecoded"));
        assertThat(millicores(shares)).as("the chunk is expected soon").containsExactly(1000.0, 1000.0);

        shares.pass(1_200, beat("w0"), beat("w1"));
        assertThat(millicores(shares)).as("the chunk did not come").containsExactly(0.0, 2000.0);

        shares.on(new DispatchEvent.ChunkReady(chunk("undecoded", 0)));
        assertThat(millicores(shares)).containsExactly(1000.0, 1000.0);
    }

    @Test
    void begunJobCountsAsActiveWithoutChunks() {
        Bench one = new Bench("divide-and-conquer", Map.of("max_active", "1"), DispatcherSettings.UNCAPPED);
        one.on(
                beat("w"),
                new DispatchEvent.JobSubmitted(
                        new BacklogJob(one.descriptor("begun"), 1, false, chunks("begun", 1), 0, 0)));
        one.on(finished("w", ref("begun", 0, 1)), new DispatchEvent.ChunkCommitted("begun", 0));

        one.pass(2_000, beat("w"));
        assertThat(grants(one.on(one.job("other", 1)))).isEmpty();

        one.on(new DispatchEvent.JobDecoded("begun", 1), new DispatchEvent.JobEnded("begun"));
        assertThat(one.dispatcher.status().workers().getFirst().running()).isEqualTo(ref("other", 0, 1));
    }

    private static List<Double> millicores(Bench bench) {
        return bench.dispatcher.status().jobs().stream()
                .map(DispatcherStatus.JobShare::millicores)
                .toList();
    }

    @Test
    void backlogIncludesJobsThatWaitForDecoding() {
        bench.on(beat("w"), new DispatchEvent.CostMeasured("m", 0.1));
        for (int i = 0; i < 31; i++) {
            bench.on(
                    new DispatchEvent.JobSubmitted(BacklogJob.submitted(bench.descriptor("j" + i))),
                    probed("j" + i, 100));
        }
        assertThat(bench.dispatcher.backlogCoreSeconds()).isCloseTo(31 * 10, within(1e-6));

        bench.on(new DispatchEvent.JobSubmitted(BacklogJob.submitted(bench.descriptor("unknown"))));
        assertThat(bench.dispatcher.backlogCoreSeconds())
                .as("a job of unknown length counts as average")
                .isCloseTo(32 * 10, within(1e-6));

        bench.on(new DispatchEvent.ChunkReady(chunk("j0", 0)), new DispatchEvent.JobDecoded("j0", 1));
        assertThat(bench.dispatcher.backlogCoreSeconds())
                .as("decoding ended after 10 frames")
                .isCloseTo(30 * 10 + 1 + (30 * 100 + 10) / 31.0 * 0.1, within(1e-6));
    }

    private static DispatchEvent probed(String job, long frames) {
        return new DispatchEvent.JobProbed(job, frames, false, new FrameFormat(640, 360, FrameFormat.PIXELS));
    }

    @Test
    void backlogGivesOpenChunksAndItsAttemptBase() {
        BacklogJob state = new BacklogJob(bench.descriptor("a"), 3, true, List.of(chunk("a", 2)), 20, 100);

        assertThat(grants(bench.on(beat("w"), new DispatchEvent.BacklogRead(List.of(state), 1))))
                .containsExactly(ref("a", 2, 101));
        assertThat(bench.dispatcher.status().jobs())
                .singleElement()
                .extracting(DispatcherStatus.JobShare::frames)
                .isEqualTo(20L);
    }

    @Test
    void droppedChunksOfARedrivenJobAreGrantedOnceRewritten() {
        bench.on(
                beat("w"),
                new DispatchEvent.JobSubmitted(new BacklogJob(bench.descriptor("a"), 2, true, chunks("a", 2), 0, 0)));
        bench.on(new DispatchEvent.ChunkCommitted("a", 0), new DispatchEvent.JobEnded("a"));

        assertThat(grants(bench.on(new DispatchEvent.JobSubmitted(
                        new BacklogJob(bench.descriptor("a"), 2, false, List.of(), Set.of(1), 10, 1000)))))
                .isEmpty();
        assertThat(grants(bench.on(new DispatchEvent.ChunkReady(chunk("a", 1)))))
                .containsExactly(ref("a", 1, 1001));
    }

    /** Its packets turned out to be irregular in chunk 1, so everything from there on is written again, in more chunks. */
    @Test
    void irregularJobIsWrittenAgainFromAChunkOn() {
        JobDescriptor descriptor = bench.descriptor("a");
        bench.on(
                beat("w0"),
                beat("w1"),
                new DispatchEvent.JobSubmitted(new BacklogJob(descriptor, 4, true, chunks("a", 4), 0, 0)));
        bench.on(
                finished("w0", ref("a", 0, 1)),
                new DispatchEvent.ChunkCommitted("a", 0),
                finished("w1", ref("a", 1, 1)),
                new DispatchEvent.ChunkCommitted("a", 2));
        assertThat(frames()).isEqualTo(30);

        List<DispatchCommand> commands =
                bench.on(new DispatchEvent.JobSubmitted(new BacklogJob(descriptor, 1, false, List.of(), 10, 1000)));
        assertThat(grants(commands)).isEmpty();
        assertThat(frames()).as("only the first chunk still counts").isEqualTo(10);

        bench.on(
                Bench.failed("w1", ref("a", 3, 1), false),
                new DispatchEvent.ChunkReady(chunk("a", 1)),
                new DispatchEvent.ChunkReady(chunk("a", 2)),
                finished("w0", ref("a", 2, 1)));
        assertThat(frames()).as("an old attempt's result changes nothing").isEqualTo(10);
        assertThat(running()).containsExactly(ref("a", 1, 1001), ref("a", 2, 1001));

        bench.on(
                finished("w0", ref("a", 1, 1001)),
                finished("w1", ref("a", 2, 1001)),
                new DispatchEvent.ChunkReady(chunk("a", 3)),
                new DispatchEvent.ChunkReady(chunk("a", 4)),
                new DispatchEvent.JobDecoded("a", 5));
        assertThat(running()).containsExactlyInAnyOrder(ref("a", 3, 1001), ref("a", 4, 1001));
        assertThat(bench.dispatcher.status().jobs().getFirst().size().remainingFrames())
                .isEqualTo(20);
    }

    @Test
    void irregularChunkIsNotMeasured() {
        bench.on(beat("w"), bench.job("a", 3));
        bench.after(1, Bench.started("w", ref("a", 0, 1)));
        bench.after(500, finished("w", ref("a", 0, 1), 0));
        assertThat(size().measured()).isFalse();

        bench.after(1, Bench.started("w", ref("a", 1, 1)));
        bench.after(199, finished("w", ref("a", 1, 1), 10));
        assertThat(size().measured()).isTrue();
        assertThat(size().coreSecondsPerFrame())
                .as("without the time of the irregular chunk")
                .isCloseTo(0.02, within(0.002));
    }

    private DispatcherStatus.Size size() {
        return bench.dispatcher.status().jobs().getFirst().size();
    }

    private long frames() {
        return bench.dispatcher.status().jobs().getFirst().frames();
    }

    private List<GrantRef> running() {
        return bench.dispatcher.status().workers().stream()
                .map(DispatcherStatus.WorkerStatus::running)
                .toList();
    }

    @Test
    void missedEventsAreReadFromTheBacklogWhileGrantsContinue() {
        JobDescriptor a = bench.descriptor("a");
        JobDescriptor gone = bench.descriptor("gone");
        bench.on(beat("w"));
        bench.on(new DispatchEvent.JobSubmitted(new BacklogJob(a, 1, false, chunks("a", 1), 0, 0)));
        bench.on(new DispatchEvent.JobSubmitted(new BacklogJob(gone, 1, true, chunks("gone", 1), 0, 0)));
        JobDescriptor missed = bench.descriptor("missed");

        List<DispatchCommand> commands = bench.on(new DispatchEvent.BacklogRead(
                List.of(
                        new BacklogJob(a, 2, true, chunks("a", 2), 0, 0),
                        new BacklogJob(missed, 1, true, chunks("missed", 1), 0, 0)),
                missed.arrival()));

        assertThat(commands.getFirst()).isEqualTo(new DispatchCommand.DropJob("w", "gone"));
        assertThat(bench.dispatcher.status().workers().getFirst().running()).isEqualTo(ref("a", 0, 1));
        assertThat(bench.dispatcher.status().jobs())
                .extracting(DispatcherStatus.JobShare::job)
                .containsExactly("a", "missed");
    }

    @Test
    void jobThatIsYoungerThanTheBacklogStays() {
        bench.on(new DispatchEvent.JobSubmitted(BacklogJob.submitted(bench.descriptor("a"))));

        bench.on(new DispatchEvent.BacklogRead(List.of(), 0));

        assertThat(bench.dispatcher.status().jobs()).hasSize(1);
    }

    @Test
    void redrivenJobContinuesAboveItsFailedAttempts() {
        JobDescriptor descriptor = bench.descriptor("a");
        bench.on(beat("w"), new DispatchEvent.JobSubmitted(new BacklogJob(descriptor, 1, true, chunks("a", 1), 0, 0)));
        bench.on(Bench.failed("w", ref("a", 0, 1), true));
        bench.on(new DispatchEvent.JobEnded("a"));

        ChunkSpec elsewhere = new ChunkSpec("a", 0, 0, 10, 5, 700, 709, 1000);
        List<DispatchCommand> commands = bench.on(
                new DispatchEvent.JobSubmitted(new BacklogJob(descriptor, 1, true, List.of(elsewhere), 0, 10)));

        assertThat(grants(commands)).containsExactly(ref("a", 0, 11));
        assertThat(Bench.grant(commands).chunk()).isEqualTo(elsewhere);
    }

    @Test
    void onlyAnUninterruptedJobIsWhole() {
        List<EndedJob> seen = new ArrayList<>();
        Dispatcher dispatcher = new Dispatcher(
                Bench.EPOCH,
                Policies.installed().choose("auto", Map.of()),
                DispatcherSettings.capped(DispatcherSettings.UNCAPPED),
                bench.log,
                seen::add);
        Consumer<DispatchEvent> learn = event -> dispatcher.observe(event, 1_000_000);
        JobDescriptor descriptor = bench.descriptor("a");
        learn.accept(new DispatchEvent.JobSubmitted(new BacklogJob(descriptor, 1, true, chunks("a", 1), 0, 0)));
        learn.accept(new DispatchEvent.JobEnded("a"));
        learn.accept(new DispatchEvent.JobSubmitted(new BacklogJob(descriptor, 1, true, chunks("a", 1), 0, 1000)));
        learn.accept(new DispatchEvent.ChunkCommitted("a", 0));
        learn.accept(new DispatchEvent.JobEnded("a"));
        JobDescriptor other = bench.descriptor("b");
        learn.accept(new DispatchEvent.JobSubmitted(new BacklogJob(other, 1, true, chunks("b", 1), 0, 0)));
        learn.accept(new DispatchEvent.ChunkCommitted("b", 0));
        learn.accept(new DispatchEvent.JobEnded("b"));

        assertThat(seen).extracting(EndedJob::whole).containsExactly(false, false, true);
    }

    @Test
    void coreIsFreeOnceTheLastResultIsPublished() {
        Bench cores = new Bench("one-core-per-request");
        cores.on(beat("w"), cores.job("a", 1), cores.job("b", 1));

        assertThat(grants(cores.on(finished("w", ref("a", 0, 1))))).containsExactly(ref("b", 0, 1));
    }

    @Test
    void logReportsDelaysToTheFirstFrame() {
        bench.on(beat("w"), bench.job("a", 3));
        long decided = bench.nowMs * 1000;
        bench.after(3, new DispatchEvent.Started(Bench.id("w"), Bench.EPOCH, ref("a", 0, 1), decided + 2_500));
        bench.after(10, new DispatchEvent.Finished(Bench.id("w"), Bench.EPOCH, ref("a", 0, 1), 10, decided + 12_000));
        bench.after(1, new DispatchEvent.Started(Bench.id("w"), Bench.EPOCH, ref("a", 1, 1), decided + 12_400));

        assertThat(bench.log.delays(false)).isEqualTo(new DecisionLog.Delays(1, 2_500, 2_500));
        assertThat(bench.log.delays(true)).isEqualTo(new DecisionLog.Delays(1, 400, 400));
        Decision first = bench.log.decisions().getFirst();
        assertThat(first.outcome()).isEqualTo(Decision.Outcome.FINISHED);
        assertThat(first.startedAtUs()).isEqualTo(decided + 2_500);
    }

    @Test
    void logIsBounded() {
        DecisionLog log = new DecisionLog(3);
        for (int i = 0; i < 10; i++) {
            log.open(ref("a", i, 1), "w", false, 1);
        }
        log.ended(1, 5, Decision.Outcome.FINISHED);

        assertThat(log.decisions()).extracting(Decision::chunk).containsExactly(7, 8, 9);
    }
}
