package io.framequota.ingest.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.failure.RejectedRequestException;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.JobState;
import io.framequota.ingest.store.files.MemberFiles;
import io.framequota.ingest.testing.StubChunkStore;
import io.framequota.ingest.testing.StubJobStore;
import io.framequota.ingest.testing.TestJobs;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LostResultsTest {
    private static final List<String> MEMBERS = List.of("results/a/0-1-1.gz", "results/a/1-1-1.gz");

    @TempDir
    private Path storage;

    @Test
    void jobWhoseFolderIsGoneSaysSo() throws IOException {
        assertThat(lost().warning(job(0))).as("nothing was committed").isEmpty();
        assertThat(lost().warning(job(2))).get().asString().startsWith("the result is gone");

        write(MEMBERS.getFirst());
        assertThat(lost().warning(job(2))).isEmpty();
    }

    @Test
    void resultWithAMissingPartIsRefusedAsGoneWithoutPathsOfTheServer() throws IOException {
        for (String member : MEMBERS) {
            write(member);
        }
        lost().check(job(2));

        Files.delete(storage.resolve(MEMBERS.getLast()));

        RejectedRequestException gone = Optional.ofNullable(
                        catchThrowableOfType(RejectedRequestException.class, () -> lost().check(job(2))))
                .orElseThrow();
        assertThat(gone.kind()).isEqualTo(RejectedRequestException.Kind.GONE);
        assertThat(gone)
                .hasMessageStartingWith(
                        "the result of job a is gone: 1 of its 2 parts are no longer in the server's storage")
                .hasMessageEndingWith("submit the source again")
                .hasMessageNotContaining(storage.toString());
    }

    private LostResults lost() {
        IngestConfig config = new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(IngestConfig.class)
                .withDefaultValue("framequota.control-token", "a-token-of-this-test")
                .withDefaultValue("framequota.storage", storage.toString())
                .build()
                .getConfigMapping(IngestConfig.class);
        return new LostResults(
                new StubJobStore(),
                new StubChunkStore() {
                    @Override
                    public List<String> memberFiles(String job) {
                        return MEMBERS;
                    }
                },
                new MemberFiles(config));
    }

    private static Job job(int committed) {
        return TestJobs.job(
                "a", new JobState.Succeeded(Instant.ofEpochSecond(20_000)), TestJobs.progress(true, 2, committed));
    }

    private void write(String member) throws IOException {
        Path file = storage.resolve(member);
        Files.createDirectories(file.getParent());
        Files.write(file, new byte[1]);
    }
}
