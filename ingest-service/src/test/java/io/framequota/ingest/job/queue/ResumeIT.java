package io.framequota.ingest.job.queue;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.agroal.api.AgroalDataSource;
import io.framequota.contract.control.Chunk;
import io.framequota.contract.control.JobFact;
import io.framequota.ingest.chunk.ChunkingRequest;
import io.framequota.ingest.chunk.PixelTransport;
import io.framequota.ingest.chunk.WrittenChunk;
import io.framequota.ingest.store.ChunkStore;
import io.framequota.ingest.testing.Await;
import io.framequota.ingest.testing.Client;
import io.framequota.ingest.testing.FakeWorker;
import io.framequota.ingest.testing.JobsProfile;
import io.framequota.ingest.testing.ScriptedChunkPublisher;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;

/** Jobs continue as a killed process left them in the database. */
@QuarkusTest
@TestProfile(JobsProfile.class)
class ResumeIT {
    @ConfigProperty(name = "kafka.bootstrap.servers")
    String bootstrap;

    @Inject
    ScriptedChunkPublisher publisher;

    @Inject
    DecodeQueue runner;

    @Inject
    ChunkStore chunks;

    @Inject
    AgroalDataSource database;

    @Test
    void aRunningJobContinuesAfterItsLastKnownChunk() throws Exception {
        try (FakeWorker worker = new FakeWorker(bootstrap)) {
            leaveBehind("left", "COMMITTED", "OPEN");
            runner.wake();
            Client.await("left", "chunks", 3);
            Await.until(
                    "the scheduler gets the end of decoding",
                    () -> worker.facts("left").stream().anyMatch(JobFact::hasDecoded));

            ChunkingRequest request = publisher.requests("left").getFirst();
            assertThat(request.skip()).containsExactlyInAnyOrder(0, 1);
            assertThat(request.resume()).isNotNull();
            assertThat(request.resume().nextChunk()).isEqualTo(2);
            assertThat(request.resume().nextFrame()).isEqualTo(20);
            assertThat(request.resume().anchorFrame()).isEqualTo(10);
            assertThat(request.resume().anchorPtsMs()).isEqualTo(400);
            given().get("/api/v1/jobs/left").then().body("state", org.hamcrest.Matchers.equalTo("RUNNING"));
        }
    }

    @Test
    void warningsAreStoredWithTheChunkThatShowsThem() throws Exception {
        leaveBehind("damaged", "COMMITTED", "COMMITTED");
        Chunk third = Chunk.newBuilder()
                .setJob("damaged")
                .setIndex(2)
                .setFirstFrame(20)
                .setFrames(5)
                .build();

        chunks.add(new WrittenChunk(third, 800, PixelTransport.RAW, 0, 0, 0, 0, List.of("the source is damaged")));
        // A restarted process reads the job from the database.
        runner.wake();
        Client.await("damaged", "chunks", 3);
        Await.until("decoding has started", () -> !publisher.requests("damaged").isEmpty());

        given().get("/api/v1/jobs/damaged")
                .then()
                .body("warnings", org.hamcrest.Matchers.hasItem("the source is damaged"));
    }

    @Test
    void aSourceThatCrashedTheProcessThreeTimesFailsAlone() throws Exception {
        leaveBehind(3, "killer");
        runner.wake();
        Await.until(
                "the job has failed",
                () -> "FAILED".equals(given().get("/api/v1/jobs/killer").path("state")));

        given().get("/api/v1/jobs/killer")
                .then()
                .body("error", org.hamcrest.Matchers.containsString("ended 3 times while it read this source"));
        assertThat(publisher.requests("killer")).isEmpty();
    }

    private void leaveBehind(String id, String... chunks) throws SQLException {
        leaveBehind(0, id, chunks);
    }

    private void leaveBehind(int unproven, String id, String... chunks) throws SQLException {
        try (Connection c = database.getConnection();
                Statement s = c.createStatement()) {
            c.setAutoCommit(false);
            s.execute("insert into jobs (id, arrival, source, input, model, card, every, chunk_frames, chunk_bytes,"
                    + " labels, submitted_at, state, chunks, chunks_committed, frames, unproven) values ('" + id
                    + "', nextval('arrival'), 'sample:walkers', 'sample:walkers', 'people', '', 1, 10,"
                    + " 16777216, '{}', now(), 'RUNNING', 2, 1, 10, " + unproven + ")");
            for (int i = 0; i < chunks.length; i++) {
                s.execute("insert into chunks values ('" + id + "', " + i + ", " + i * 10 + ", " + i * 400 + ", 10, 3, "
                        + i * 10 + ", " + (i * 10 + 9) + ", 10000, '" + chunks[i] + "')");
            }
            c.commit();
        }
    }
}
