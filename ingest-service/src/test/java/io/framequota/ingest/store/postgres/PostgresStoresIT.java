package io.framequota.ingest.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import io.framequota.contract.control.Chunk;
import io.framequota.contract.control.ChunkResult;
import io.framequota.contract.control.Forecast;
import io.framequota.contract.control.Forecasts;
import io.framequota.contract.control.GrantRef;
import io.framequota.contract.control.LeadRequest;
import io.framequota.contract.control.Leadership;
import io.framequota.contract.control.Learnt;
import io.framequota.contract.control.Lessons;
import io.framequota.contract.control.ModelCard;
import io.framequota.contract.control.PolicyChoice;
import io.framequota.contract.control.Probed;
import io.framequota.contract.control.Timings;
import io.framequota.ingest.chunk.ChunkingSummary;
import io.framequota.ingest.chunk.FrameTransport;
import io.framequota.ingest.chunk.PixelTransport;
import io.framequota.ingest.chunk.WrittenChunk;
import io.framequota.ingest.failure.RejectedRequestException;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.JobProgress;
import io.framequota.ingest.job.JobState;
import io.framequota.ingest.job.LiveSpec;
import io.framequota.ingest.store.ChunkStore.CommitOutcome;
import io.framequota.ingest.store.JobStore;
import io.framequota.ingest.store.JobStore.SubmissionInfo;
import io.framequota.ingest.store.StaleEpochException;
import io.framequota.ingest.testing.TestJobs;
import io.framequota.local.postgres.LocalDatabase;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stores on a real PostgreSQL, without the rest of the service. */
class PostgresStoresIT {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final int MOST_LIVE = 10;
    private static final SubmissionInfo STORED = new SubmissionInfo(null, new byte[] {1}, null);

    private static LocalDatabase database;
    private static AgroalDataSource source;

    private final Transactions transactions = new Transactions(source);
    private final PostgresJobStore jobs = new PostgresJobStore(transactions, MOST_LIVE);
    private final PostgresChunkStore chunks = new PostgresChunkStore(transactions);
    private final PostgresLeadershipStore leadership = new PostgresLeadershipStore(transactions);
    private final PostgresModelStore models = new PostgresModelStore(transactions);

    @BeforeAll
    static void startDatabase(@TempDir Path folder) throws Exception {
        database = LocalDatabase.start(folder.resolve("database"), freePort());
        Flyway.configure()
                .dataSource(database.jdbcUrl(), "postgres", "postgres")
                .locations("classpath:db/migration")
                .load()
                .migrate();
        source = AgroalDataSource.from(new AgroalDataSourceConfigurationSupplier()
                .connectionPoolConfiguration(pool -> pool.maxSize(4)
                        .connectionFactoryConfiguration(connections -> connections
                                .jdbcUrl(database.jdbcUrl())
                                .principal(new NamePrincipal("postgres"))
                                .credential(new SimplePassword("postgres")))));
    }

    @AfterAll
    static void stopDatabase() throws Exception {
        source.close();
        database.close();
    }

    @BeforeEach
    void clear() throws SQLException {
        try (Connection c = source.getConnection();
                Statement s = c.createStatement()) {
            s.execute(
                    "truncate jobs, chunks, members, idempotency_keys, secret_addresses, learnt, model_cards cascade");
        }
    }

    @Test
    void anIdempotencyKeyCreatesOneJob() {
        SubmissionInfo info = new SubmissionInfo("key", new byte[] {1}, null);

        JobStore.Inserted first = insert("a", info);
        JobStore.Inserted again = insert("b", info);

        assertThat(first.created()).isTrue();
        assertThat(again.created()).isFalse();
        assertThat(again.job()).isEqualTo(first.job());
        assertThat(jobs.findByKey("default", "key")).contains(first.job());
        assertThatThrownBy(() -> insert("c", new SubmissionInfo("key", new byte[] {2}, null)))
                .isInstanceOf(RejectedRequestException.class)
                .hasMessageContaining("created job a from a different submission");
    }

    @Test
    void asManyLiveJobsAreOpenAsAllowedHoweverManyComeAtOnce() throws Exception {
        List<Callable<Boolean>> submissions = new ArrayList<>();
        for (int i = 0; i < 3 * MOST_LIVE; i++) {
            String id = "live-" + i;
            submissions.add(() -> {
                try {
                    return insertLive(id).created();
                } catch (RejectedRequestException e) {
                    assertThat(e).hasMessageContaining("there are " + MOST_LIVE + " live jobs already");
                    return false;
                }
            });
        }
        int created = 0;
        try (ExecutorService clients = Executors.newFixedThreadPool(8)) {
            for (Future<Boolean> one : clients.invokeAll(submissions)) {
                created += one.get() ? 1 : 0;
            }
        }

        assertThat(created).isEqualTo(MOST_LIVE);
        String open = jobs.openJobs().getFirst().id();
        jobs.transition(open, s -> s instanceof JobState.Open o ? o.cancel(NOW) : null);
        insertLive("next");
        assertThatThrownBy(() -> jobs.transition(
                        open, s -> s instanceof JobState.Cancelled cancelled ? cancelled.redrive() : null))
                .isInstanceOf(RejectedRequestException.class);
    }

    @Test
    void theKeyAndAddressesOfALiveJobGoWhenItCannotBeRedriven() throws SQLException {
        insertLive("a");
        insertLive("b");
        jobs.transition("a", s -> new JobState.Running());
        jobs.transition("a", s -> s instanceof JobState.Running running ? running.succeed(NOW) : null);
        jobs.transition("b", s -> s instanceof JobState.Open open ? open.cancel(NOW) : null);
        assertThat(secrets()).as("b may be redriven").isEqualTo("b key-b rtmp://host/live/secret");

        jobs.markSourceDeleted("b");

        assertThat(secrets()).isEmpty();
    }

    @Test
    void aStreamKeyStaysItsTenantsWhileAJobHasIt() {
        insertLive("a", "key", "north");
        jobs.transition("a", s -> s instanceof JobState.Open open ? open.cancel(NOW) : null);

        assertThatThrownBy(() -> insertLive("b", "key", "south"))
                .isInstanceOf(RejectedRequestException.class)
                .hasMessageStartingWith("the key of this stream belongs to another open job");
        insertLive("c", "key", "north");
        jobs.transition("c", s -> s instanceof JobState.Open open ? open.cancel(NOW) : null);
        jobs.markSourceDeleted("a");
        jobs.markSourceDeleted("c");
        insertLive("d", "key", "south");
    }

    @Test
    void aTenantHasAPartOfTheFetches() {
        SubmissionInfo remote = new SubmissionInfo(null, new byte[] {1}, "http://host/v.mp4");
        for (String id : List.of("a", "b", "c")) {
            insert(id, remote);
        }
        jobs.insert(TestJobs.spec("d", "south"), NOW, remote);

        assertThat(jobs.nextToFetch(Set.of("a"), 2).orElseThrow().job().id()).isEqualTo("b");
        assertThat(jobs.nextToFetch(Set.of("a", "b"), 2).orElseThrow().job().id())
                .isEqualTo("d");
        assertThat(jobs.nextToFetch(Set.of("a", "b", "d"), 2)).isEmpty();
    }

    private JobStore.Inserted insertLive(String id) {
        return insertLive(id, "key-" + id, "default");
    }

    private JobStore.Inserted insertLive(String id, String key, String tenant) {
        LiveSpec live = LiveSpec.of("listen:" + key, "rtmp://host/live/secret", false);
        return jobs.insert(
                TestJobs.live(id, "listen:***", live, tenant),
                NOW,
                new SubmissionInfo(
                        null, new byte[] {1}, null, "rtmp://host/live/secret", 0, JobStore.TenantLimits.NONE));
    }

    private static String secrets() throws SQLException {
        try (Connection c = source.getConnection();
                Statement s = c.createStatement();
                ResultSet r = s.executeQuery("""
                        select string_agg(concat_ws(' ', id, listen_key, secret_addresses.publish), ',')
                        from jobs left join secret_addresses on job = id
                        where listen_key is not null or secret_addresses.publish is not null""")) {
            return r.next() && r.getString(1) != null ? r.getString(1) : "";
        }
    }

    @Test
    void listsJobsInPagesNewestFirst() {
        insert("a", STORED);
        insert("b", STORED);
        insert("c", STORED);

        JobStore.Page first = jobs.list(null, null, null, 2);
        JobStore.Page second = jobs.list("default", "QUEUED", "b", 2);

        assertThat(first.jobs()).extracting(Job::id).containsExactly("c", "b");
        assertThat(first.more()).isTrue();
        assertThat(second.jobs()).extracting(Job::id).containsExactly("a");
        assertThat(second.more()).isFalse();
    }

    @Test
    void aJobIsFetchedThenProbedThenDecoded() {
        insert("a", new SubmissionInfo(null, new byte[] {1}, "http://user:password@host/v.mp4"));

        assertThat(jobs.nextToProbe(Set.of())).isEmpty();
        assertThat(jobs.nextToDecode(false, List.of("a"), Set.of())).isEmpty();
        assertThat(jobs.nextToFetch(Set.of(), 1).orElseThrow().address()).isEqualTo("http://user:password@host/v.mp4");
        assertThat(jobs.nextToFetch(Set.of("a"), 2)).isEmpty();
        jobs.markFetched("a");
        assertThat(jobs.nextToFetch(Set.of(), 1)).isEmpty();
        assertThat(jobs.nextToProbe(Set.of())).isPresent();
        assertThat(jobs.nextToDecode(false, List.of(), Set.of())).isEmpty();
        probed("a", "packets");
        assertThat(jobs.nextToDecode(false, List.of("a"), Set.of())).isEmpty();
        assertThat(jobs.nextToDecode(true, List.of("a"), Set.of())).isPresent();
    }

    @Test
    void aJobWhoseProbesComeToNothingIsDecoded() {
        insert("a", STORED);

        for (int i = 0; i < 3; i++) {
            assertThat(jobs.nextToDecode(false, List.of(), Set.of())).isEmpty();
            assertThat(jobs.nextToProbe(Set.of())).isPresent();
        }

        assertThat(jobs.nextToProbe(Set.of())).isEmpty();
        assertThat(jobs.nextToDecode(true, List.of(), Set.of())).isEmpty();
        assertThat(jobs.nextToDecode(false, List.of(), Set.of())).isPresent();
    }

    @Test
    void preferredJobsAreDecodedBeforeEarlierOnes() {
        insert("a", STORED);
        insert("b", STORED);
        probed("a", "pixels");
        probed("b", "pixels");

        assertThat(jobs.nextToDecode(false, List.of("b"), Set.of()).map(Job::id))
                .contains("b");
        assertThat(jobs.nextToDecode(false, List.of("unknown"), Set.of()).map(Job::id))
                .contains("a");
        assertThat(jobs.nextToDecode(false, List.of("a"), Set.of("a")).map(Job::id))
                .contains("b");
    }

    @Test
    void aDecoderReplacesProbedPropertiesAndAProbeDoesNot() {
        insert("a", STORED);
        Probed probed = Probed.newBuilder()
                .setExpectedFrames(7)
                .setFrameTransport("pixels")
                .build();

        assertThat(jobs.insertProbed("a", probed, "why")).isTrue();
        assertThat(jobs.insertProbed("a", probed.toBuilder().setWidth(1).build(), ""))
                .isFalse();
        assertThat(jobs.updateProbed(
                        "a", probed.toBuilder().setFrameTransport("packets").build()))
                .as("of a pass that was stopped because the transport changed")
                .isFalse();
        assertThat(jobs.updateProbed("a", probed.toBuilder().setWidth(2).build()))
                .isTrue();

        JobProgress progress = jobs.find("a").orElseThrow().progress();
        assertThat(progress.width()).isEqualTo(2);
        assertThat(progress.frameTransport()).isEqualTo("pixels");
        assertThat(progress.frameTransportReason()).isEqualTo("why");
    }

    @Test
    void theFirstCommitOfAChunkWinsAndTheLastChunkEndsTheJob() {
        long epoch = lead().getEpoch();
        run("a");
        assertThat(chunks.add(chunk("a"))).isTrue();
        jobs.finishDecoding("a", new ChunkingSummary(3, 1, PixelTransport.RAW, List.of("a warning")), NOW);

        assertThat(chunks.commit(result("a", epoch - 1), "stale", NOW)).isInstanceOf(CommitOutcome.StaleEpoch.class);
        assertThat(chunks.commit(result("a", epoch), "first", NOW)).isInstanceOf(CommitOutcome.Won.class);
        assertThat(chunks.commit(result("a", epoch), "second", NOW)).isEqualTo(new CommitOutcome.Lost("first"));

        Job job = jobs.find("a").orElseThrow();
        assertThat(job.state()).isEqualTo(new JobState.Succeeded(NOW));
        JobProgress progress = job.progress();
        assertThat(progress.expectedFrames()).isEqualTo(3);
        assertThat(progress.detections()).isEqualTo(5);
        assertThat(progress.warnings()).containsExactly("a warning");
        assertThat(progress.busy().modelMicros()).isEqualTo(7);
        assertThat(chunks.members("a", 0, 10)).extracting(m -> m.file()).containsExactly("first");
    }

    /** Chunks 0 to 3 of 3 frames travel as packets; 0 and 2 have their results, and the whole source is read. */
    private long packetsWithAHole() {
        long epoch = lead().getEpoch();
        insert("a", STORED);
        probed("a", "packets");
        jobs.transition("a", s -> new JobState.Running());
        for (int i = 0; i < 4; i++) {
            assertThat(chunks.add(chunk("a", i, FrameTransport.PACKETS))).isTrue();
        }
        jobs.finishDecoding("a", new ChunkingSummary(12, 4, FrameTransport.PACKETS, List.of()), NOW);
        for (int i : new int[] {0, 2}) {
            assertThat(chunks.commit(result("a", i, 1, epoch), "file" + i, NOW)).isInstanceOf(CommitOutcome.Won.class);
        }
        return epoch;
    }

    private static ChunkResult irregular(int chunk, int attempt, long epoch) {
        return result("a", chunk, attempt, epoch).toBuilder()
                .setIrregular("it has 2 frames, not 3")
                .build();
    }

    @Test
    void anIrregularChunkAndAllBehindItTravelAsPixels() {
        long epoch = packetsWithAHole();
        Job before = jobs.find("a").orElseThrow();
        assertThat(before.progress().frames()).isEqualTo(6);

        Job job = chunks.leavePackets(irregular(1, 1, epoch), "pixels").orElseThrow();

        assertThat(chunks.chunks("a")).extracting(k -> k.chunk().getIndex()).containsExactly(0);
        assertThat(chunks.memberFiles("a")).containsExactly("file0");
        JobProgress progress = job.progress();
        assertThat(progress.frameTransport()).isEqualTo("pixels");
        assertThat(progress.frameTransportReason()).isEqualTo("it has 2 frames, not 3");
        assertThat(progress.allWarnings()).contains("frames travel as pixels from chunk 1 on: it has 2 frames, not 3");
        assertThat(progress.decoded()).isFalse();
        assertThat(progress.chunks()).isEqualTo(1);
        assertThat(progress.committed()).isEqualTo(1);
        assertThat(progress.frames()).isEqualTo(3);
        assertThat(progress.detections()).isEqualTo(5);
        assertThat(progress.failedFrames()).isEqualTo(1);
        assertThat(progress.attemptsBase()).isGreaterThan(before.progress().attemptsBase());
        assertThat(progress.probed()).isNotNull();
        assertThat(progress.probed().getFrameTransport()).isEqualTo("pixels");
        assertThat(jobs.nextToDecode(false, List.of(), Set.of()).map(Job::id)).contains("a");
        assertThat(jobs.nextToDecode(true, List.of(), Set.of())).isEmpty();
    }

    /** Workers find irregular chunks in any order, and nobody else can commit the earlier one. */
    @Test
    void anEarlierIrregularChunkMovesTheStartOfPixels() {
        long epoch = packetsWithAHole();
        chunks.leavePackets(irregular(3, 1, epoch), "pixels");
        assertThat(chunks.add(chunk("a", 3, PixelTransport.RAW))).isTrue();

        Job job = chunks.leavePackets(irregular(1, 1, epoch), "pixels").orElseThrow();

        assertThat(job.progress().leftPacketsAt()).isEqualTo(1);
        assertThat(chunks.chunks("a")).extracting(k -> k.chunk().getIndex()).containsExactly(0);
        assertThat(chunks.add(chunk("a", 4, PixelTransport.RAW)))
                .as("of the pass that began at chunk 3")
                .isFalse();
        jobs.finishDecoding("a", new ChunkingSummary(15, 5, PixelTransport.RAW, List.of()), NOW);
        assertThat(jobs.find("a").orElseThrow().progress().decoded()).isFalse();
        assertThat(chunks.add(chunk("a", 1, PixelTransport.RAW))).isTrue();
        assertThat(chunks.leavePackets(irregular(1, 1, epoch), "pixels"))
                .as("a chunk of pixels")
                .isEmpty();
    }

    @Test
    void attemptsFromBeforeTheChangeCommitNothingAfterIt() {
        long epoch = packetsWithAHole();
        chunks.leavePackets(irregular(1, 1, epoch), "pixels");

        assertThat(chunks.leavePackets(irregular(1, 1, epoch), "pixels"))
                .as("delivered twice")
                .isEmpty();
        assertThat(chunks.add(chunk("a", 1, FrameTransport.PACKETS)))
                .as("of a pass that still runs")
                .isFalse();
        jobs.finishDecoding("a", new ChunkingSummary(12, 4, FrameTransport.PACKETS, List.of()), NOW);
        assertThat(jobs.find("a").orElseThrow().progress().decoded()).isFalse();
        assertThat(chunks.add(chunk("a", 1, PixelTransport.RAW))).isTrue();
        assertThat(chunks.commit(result("a", 1, 2, epoch), "old", NOW)).isEqualTo(new CommitOutcome.NotOpen());
        assertThat(chunks.commit(result("a", 1, 1001, epoch), "new", NOW)).isInstanceOf(CommitOutcome.Won.class);
    }

    @Test
    void onlyAnAttemptThatCouldCommitTheChunkChangesTheTransport() {
        long old = packetsWithAHole();
        long epoch = lead().getEpoch();

        assertThat(chunks.leavePackets(irregular(1, 1, old), "pixels"))
                .as("of a former leader")
                .isEmpty();
        assertThat(chunks.leavePackets(irregular(2, 1, epoch), "pixels"))
                .as("of a chunk with a result")
                .isEmpty();
        assertThat(chunks.leavePackets(irregular(7, 1, epoch), "pixels"))
                .as("of an unknown chunk")
                .isEmpty();
        assertThat(jobs.find("a").orElseThrow().progress().packets()).isTrue();
        assertThat(chunks.leavePackets(irregular(3, 1001, epoch), "pixels")).isPresent();
    }

    /** Pixels would cut chunk 1 elsewhere, so what follows it could not stay. */
    @Test
    void aRedriveBehindPacketsGoesOnWithPixelsFromTheFirstDroppedChunk() {
        long epoch = packetsWithAHole();
        chunks.leavePackets(irregular(3, 1, epoch), "pixels");
        assertThat(chunks.add(chunk("a", 3, PixelTransport.RAW))).isTrue();
        jobs.transition("a", s -> new JobState.Failed(NOW, "why", false));

        Job job = jobs.transition("a", s -> new JobState.Queued()).orElseThrow().job();

        assertThat(chunks.chunks("a")).extracting(k -> k.chunk().getIndex()).containsExactly(0);
        assertThat(chunks.memberFiles("a")).containsExactly("file0");
        assertThat(job.progress().leftPacketsAt()).isEqualTo(1);
        assertThat(job.progress().frameTransportReason()).isEqualTo("it has 2 frames, not 3");
        assertThat(job.progress().committed()).isEqualTo(1);
        assertThat(job.progress().frames()).isEqualTo(3);
    }

    @Test
    void aRedriveOfPixelsBehindPacketsWithResultsKeepsTheirChunks() {
        long epoch = packetsWithAHole();
        chunks.commit(result("a", 1, 1, epoch), "file1", NOW);
        chunks.leavePackets(irregular(3, 1, epoch), "pixels");
        assertThat(chunks.add(chunk("a", 3, PixelTransport.RAW))).isTrue();
        jobs.transition("a", s -> new JobState.Failed(NOW, "why", false));

        Job job = jobs.transition("a", s -> new JobState.Queued()).orElseThrow().job();

        assertThat(chunks.chunks("a")).extracting(k -> k.chunk().getIndex()).containsExactly(0, 1, 2, 3);
        assertThat(job.progress().leftPacketsAt()).isEqualTo(3);
    }

    @Test
    void attemptsOfWrittenChunksGoOnWhenALaterChunkCannotBeCut() {
        long epoch = packetsWithAHole();

        Job job = chunks.leavePackets("a", 4, "pixels", "no time").orElseThrow();

        assertThat(job.progress().chunks()).isEqualTo(4);
        assertThat(job.progress().attemptsBase()).isZero();
        assertThat(chunks.commit(result("a", 1, 1, epoch), "file1", NOW)).isInstanceOf(CommitOutcome.Won.class);
    }

    @Test
    void aModelsCostIsWhatLeadersMeasured() {
        long epoch = lead().getEpoch();
        leadership.saveModelProfiles(Lessons.newBuilder()
                .setEpoch(epoch)
                .addLearnt(
                        Learnt.newBuilder().setModel("people").setCoreSeconds(3).setFrames(20))
                .addLearnt(Learnt.newBuilder().setModel("unused"))
                .build());

        assertThat(leadership.frameSeconds("people")).hasValue(0.15);
        assertThat(leadership.frameSeconds("unused")).isEmpty();
        assertThat(leadership.frameSeconds("unknown")).isEmpty();
    }

    @Test
    void aStaleLeaderChangesNothing() {
        insert("a", STORED);
        Leadership old = lead();
        long current = lead().getEpoch();

        assertThatThrownBy(() -> leadership.savePolicy(PolicyChoice.newBuilder()
                        .setEpoch(old.getEpoch())
                        .setPolicy("stale")
                        .build()))
                .isInstanceOf(StaleEpochException.class)
                .hasMessage("epoch " + old.getEpoch() + " is over, the current one is " + current);
        assertThatThrownBy(() -> leadership.saveModelProfiles(profiles(old.getEpoch())))
                .isInstanceOf(StaleEpochException.class);
        assertThatThrownBy(() -> leadership.saveFirstForecasts(forecasts(old.getEpoch())))
                .isInstanceOf(StaleEpochException.class);
        assertThatThrownBy(() -> jobs.transition(old.getEpoch(), "a", s -> new JobState.Cancelled(NOW)))
                .isInstanceOf(StaleEpochException.class);

        assertThat(leadership.policy()).isNotEqualTo("stale");
        Job job = jobs.find("a").orElseThrow();
        assertThat(job.state()).isEqualTo(new JobState.Queued());
        assertThat(job.forecast()).isNull();
    }

    @Test
    void theNextLeaderGetsWhatTheLastOneStored() {
        run("a");
        chunks.add(chunk("a"));
        long epoch = lead().getEpoch();
        leadership.savePolicy(
                PolicyChoice.newBuilder().setEpoch(epoch).setPolicy("fair").build());
        leadership.saveModelProfiles(profiles(epoch));
        leadership.saveFirstForecasts(forecasts(epoch));

        Leadership next = lead();

        assertThat(next.getEpoch()).isGreaterThan(epoch);
        assertThat(next.getPolicy().getPolicy()).isEqualTo("fair");
        assertThat(next.getLearntList()).extracting(Learnt::getModel).containsExactly("people");
        assertThat(next.getJobsList()).hasSize(1);
        assertThat(next.getJobs(0).getOpenList()).hasSize(1);
        assertThat(jobs.find("a").orElseThrow().forecast()).isEqualTo(new Job.FirstForecast(2, 1, 3, "fair"));
    }

    @Test
    void onlyJobsThatEndedBeforeTheTimeAreDeleted() {
        insert("a", new SubmissionInfo("key", new byte[] {1}, null));
        jobs.transition("a", s -> new JobState.Failed(NOW, "why", false));

        assertThat(jobs.endedWithSource(NOW.plusSeconds(1), 10)).containsExactly("a");
        jobs.markSourceDeleted("a");
        assertThat(jobs.endedWithSource(NOW.plusSeconds(1), 10)).isEmpty();
        jobs.delete("a", NOW, () -> {});
        assertThat(jobs.find("a")).isPresent();
        jobs.delete("a", NOW.plusSeconds(1), () -> {});
        assertThat(jobs.find("a")).isEmpty();
        assertThat(jobs.findByKey("default", "key")).isEmpty();
    }

    @Test
    void aModelCardReplacesTheEarlierOneOfItsName() {
        models.save(ModelCard.newBuilder().setName("people").build());
        models.save(ModelCard.newBuilder().setName("people").setWidth(4).build());

        assertThat(models.all()).extracting(ModelCard::getWidth).containsExactly(4);
    }

    private JobStore.Inserted insert(String id, SubmissionInfo info) {
        return jobs.insert(TestJobs.spec(id, ModelCard.getDefaultInstance(), 1), NOW, info);
    }

    private void run(String id) {
        insert(id, STORED);
        jobs.transition(id, s -> new JobState.Running());
    }

    private Leadership lead() {
        return leadership.lead(LeadRequest.newBuilder()
                .setScheduler("scheduler")
                .setStart("start")
                .build());
    }

    private static Lessons profiles(long epoch) {
        return Lessons.newBuilder()
                .setEpoch(epoch)
                .addLearnt(Learnt.newBuilder().setModel("people"))
                .build();
    }

    private static Forecasts forecasts(long epoch) {
        return Forecasts.newBuilder()
                .setEpoch(epoch)
                .addForecasts(Forecast.newBuilder()
                        .setJob("a")
                        .setFirst(true)
                        .setForecastS(2)
                        .setP10S(1)
                        .setP90S(3)
                        .setPolicy("fair"))
                .build();
    }

    private void probed(String id, String transport) {
        Probed probed = Probed.newBuilder().setFrameTransport(transport).build();
        assertThat(jobs.insertProbed(id, probed, "")).isTrue();
    }

    private static WrittenChunk chunk(String job) {
        return chunk(job, 0, PixelTransport.RAW);
    }

    private static WrittenChunk chunk(String job, int index, FrameTransport transport) {
        return new WrittenChunk(
                Chunk.newBuilder()
                        .setJob(job)
                        .setIndex(index)
                        .setFirstFrame(3L * index)
                        .setFrames(3)
                        .setLastOffset(2)
                        .setBytes(9)
                        .build(),
                0,
                transport,
                1,
                2,
                3,
                4,
                List.of());
    }

    private static ChunkResult result(String job, long epoch) {
        return result(job, 0, 1, epoch);
    }

    private static ChunkResult result(String job, int chunk, int attempt, long epoch) {
        return ChunkResult.newBuilder()
                .setGrant(GrantRef.newBuilder().setJob(job).setChunk(chunk).setAttempt(attempt))
                .setEpoch(epoch)
                .setFrames(3)
                .setDetections(5)
                .setFailedFrames(1)
                .setTimings(Timings.newBuilder().setModelUs(7))
                .build();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
