package io.framequota.ingest.job.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.ledger.JobLedger;
import io.framequota.ingest.source.SourceStore;
import io.framequota.ingest.store.JobStore;
import io.framequota.ingest.store.RetentionSweeper;
import io.framequota.ingest.store.files.MemberFiles;
import io.framequota.ingest.store.files.StorageSpace;
import io.framequota.ingest.store.files.Uploads;
import io.framequota.ingest.testing.Await;
import io.framequota.ingest.testing.Client;
import io.framequota.ingest.testing.FakeWorker;
import io.framequota.ingest.testing.FetchedSourcesProfile;
import io.framequota.ingest.testing.StubJobStore;
import io.framequota.ingest.testing.StubSourceStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;

/** Fetched files that belong to no job are deleted. */
@QuarkusTest
@TestProfile(FetchedSourcesProfile.class)
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
    MemberFiles members;

    @Inject
    StorageSpace room;

    @Inject
    Clock clock;

    @Inject
    IngestConfig config;

    @Test
    void fetchedFilesWithoutAJobAreDeletedAtTheNextStart() throws Exception {
        String id = finished();
        Path orphan = fetched("0123456789abcdef");
        Path owned = fetched(id);

        RetentionSweeper next = new RetentionSweeper(jobs, uploads, sources, members, clock, config);
        next.start();
        try {
            Await.until("the orphan is deleted", () -> !Files.exists(orphan.getParent()));
        } finally {
            next.stop();
        }

        assertThat(owned).exists();
    }

    @Test
    void aFetchOfAJobThatHasEndedLeavesNoFile() throws Exception {
        Job ended = jobs.find(finished()).orElseThrow();
        List<String> discarded = new CopyOnWriteArrayList<>();
        AtomicBoolean asked = new AtomicBoolean();
        // The job was open when it was taken, and ended before stop() could find its fetch.
        JobStore late = new StubJobStore() {
            @Override
            public Optional<FetchTask> nextToFetch(Set<String> except, int ofTenant) {
                return asked.getAndSet(true)
                        ? Optional.empty()
                        : Optional.of(new FetchTask(ended, "http://host/v.mp4"));
            }

            @Override
            public Optional<Job> find(String id) {
                return Optional.of(ended);
            }
        };
        SourceStore store = new StubSourceStore() {
            @Override
            public void discard(String job) {
                discarded.add(job);
            }
        };
        FetchQueue fetches =
                new FetchQueue(late, ledger, runner, prober, store, room, config, new SimpleMeterRegistry());
        fetches.start();
        try {
            Await.until("the fetched file is deleted", () -> !discarded.isEmpty());
        } finally {
            fetches.close();
        }

        assertThat(discarded).containsExactly(ended.id());
    }

    private String finished() throws InterruptedException {
        try (FakeWorker worker = new FakeWorker(bootstrap)) {
            Client.awaitModels();
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
