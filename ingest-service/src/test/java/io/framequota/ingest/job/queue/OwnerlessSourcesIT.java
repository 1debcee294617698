package io.framequota.ingest.job.queue;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.ledger.JobLedger;
import io.framequota.ingest.source.SourceStore;
import io.framequota.ingest.store.JobStore;
import io.framequota.ingest.store.ResultFiles;
import io.framequota.ingest.store.RetentionSweeper;
import io.framequota.ingest.store.files.StorageSpace;
import io.framequota.ingest.store.files.Uploads;
import io.framequota.ingest.testing.Await;
import io.framequota.ingest.testing.Client;
import io.framequota.ingest.testing.FakeWorker;
import io.framequota.ingest.testing.OutsideProfile;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;

/** Files that were fetched and are no job's do not stay. */
@QuarkusTest
@TestProfile(OutsideProfile.class)
class OwnerlessSourcesIT {
    @ConfigProperty(name = "kafka.bootstrap.servers")
    String bootstrap;

    @Inject
    JobStore jobs;

    @Inject
    JobLedger ledger;

    @Inject
    DecodeQueue runner;

    @Inject
    ProbeQueue prober;

    @Inject
    Uploads uploads;

    @Inject
    SourceStore sources;

    @Inject
    ResultFiles results;

    @Inject
    StorageSpace room;

    @Inject
    Clock clock;

    @Inject
    IngestConfig config;

    @Test
    void whatAProcessThatDiedHadFetchedForNoJobGoesAtTheNextStart() throws Exception {
        String id = finished();
        Path orphan = fetched("0123456789abcdef");
        Path owned = fetched(id);

        RetentionSweeper next = new RetentionSweeper(jobs, uploads, sources, results, clock, config);
        next.start();
        try {
            Await.until("the orphan is removed", () -> !Files.exists(orphan.getParent()));
        } finally {
            next.stop();
        }

        assertThat(owned).exists();
    }

    @Test
    void aFetchThatNoCancelHasFoundLeavesNothing() throws Exception {
        Job ended = jobs.find(finished()).orElseThrow();
        List<String> done = new CopyOnWriteArrayList<>();
        AtomicBoolean asked = new AtomicBoolean();
        // The job was open when it was looked for, and has ended before a stop could find its fetch.
        JobStore late = (JobStore) Proxy.newProxyInstance(
                JobStore.class.getClassLoader(),
                new Class<?>[] {JobStore.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "nextToFetch" ->
                        asked.getAndSet(true)
                                ? Optional.empty()
                                : Optional.of(new JobStore.ToFetch(ended, "http://host/v.mp4"));
                    case "find" -> Optional.of(ended);
                    default -> throw new AssertionError(method.getName());
                });
        SourceStore store = (SourceStore) Proxy.newProxyInstance(
                SourceStore.class.getClassLoader(), new Class<?>[] {SourceStore.class}, (proxy, method, arguments) -> {
                    done.add(method.getName());
                    return null;
                });
        FetchQueue fetches =
                new FetchQueue(late, ledger, runner, prober, store, room, config, new SimpleMeterRegistry());
        fetches.start();
        try {
            Await.until("it is discarded", () -> done.contains("discard"));
        } finally {
            fetches.close();
        }

        assertThat(done).containsExactly("discard");
    }

    private String finished() throws InterruptedException {
        try (FakeWorker worker = new FakeWorker(bootstrap)) {
            Await.until(
                    "the model is known",
                    () -> given().get("/api/v1/models").asString().contains("people"));
            String id = Client.submit(5);
            Client.await(id, "SUCCEEDED");
            assertThat(worker.facts(id)).isNotEmpty();
            return id;
        }
    }

    private Path fetched(String id) throws Exception {
        Path folder = Files.createDirectories(
                config.storage().toAbsolutePath().resolve("fetched").resolve(id));
        return Files.writeString(folder.resolve("source"), "frames=5");
    }
}
