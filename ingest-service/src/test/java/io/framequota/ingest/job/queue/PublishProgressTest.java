package io.framequota.ingest.job.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.contract.control.Chunk;
import io.framequota.contract.control.ModelCard;
import io.framequota.ingest.chunk.ChunkingRequest;
import io.framequota.ingest.chunk.ResumePoint;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.JobSpec;
import io.framequota.ingest.job.KnownChunk;
import io.framequota.ingest.job.KnownChunk.State;
import io.framequota.ingest.testing.TestJobs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PublishProgressTest {
    @Test
    void aNewJobStartsWithTheFirstFrame() {
        ChunkingRequest request = request(1);

        assertThat(request.resume()).isNull();
        assertThat(request.skip()).isEmpty();
        assertThat(request.limits().maxFrames()).isEqualTo(10);
        assertThat(request.warnings()).containsExactly("found");
    }

    @Test
    void aRestartedJobContinuesAfterItsLastKnownChunk() {
        ChunkingRequest request = request(1, State.COMMITTED, State.OPEN, State.OPEN);

        assertThat(request.resume()).isEqualTo(new ResumePoint(3, 30, 20, 2000.0));
        assertThat(request.skip()).containsExactlyInAnyOrder(0, 1, 2);
        assertThat(request.warnings()).containsExactly("old");
    }

    @Test
    void withEveryNthFrameDecodingContinuesAfterTheLastInferredFrame() {
        // frames 0, 3, ..., 27 and 30, ..., 57
        assertThat(request(3, State.OPEN, State.OPEN).resume()).isEqualTo(new ResumePoint(2, 58, 30, 3000.0));
    }

    @Test
    void aRedrivenJobStartsWithItsFirstMissingChunk() {
        ChunkingRequest request = request(1, State.COMMITTED, State.DROPPED, State.COMMITTED, State.DROPPED);

        assertThat(request.resume()).isEqualTo(new ResumePoint(1, 10, 10, 1000.0));
        assertThat(request.skip()).containsExactlyInAnyOrder(0, 2);
    }

    @Test
    void aJobWithoutItsFirstChunkStartsWithTheFirstFrame() {
        ChunkingRequest request = request(1, State.DROPPED, State.COMMITTED);

        assertThat(request.resume()).isNull();
        assertThat(request.skip()).containsExactly(1);
    }

    @Test
    void packetsAreReadFromTheStartAndKnownChunksAreSkipped() {
        ChunkingRequest request = request("packets", 1, State.COMMITTED, State.DROPPED, State.OPEN);

        assertThat(request.packets()).isTrue();
        assertThat(request.resume()).isNull();
        assertThat(request.skip()).containsExactlyInAnyOrder(0, 2);
        assertThat(request.warnings()).as("they are found again").containsExactly("found");
    }

    private static ChunkingRequest request(int every, State... states) {
        return request("pixels", every, states);
    }

    private static ChunkingRequest request(String transport, int every, State... states) {
        JobSpec spec = TestJobs.spec("j", ModelCard.getDefaultInstance(), every);
        List<KnownChunk> known = new ArrayList<>();
        for (int i = 0; i < states.length; i++) {
            long first = 10L * i * every;
            known.add(new KnownChunk(
                    Chunk.newBuilder()
                            .setJob("j")
                            .setIndex(i)
                            .setFirstFrame(first)
                            .setFrames(10)
                            .build(),
                    first * 100.0,
                    states[i]));
        }
        Job job = TestJobs.job(spec, TestJobs.progress(transport, List.of("old")));
        return PublishProgress.request(job, Path.of("v"), known, List.of("found"));
    }
}
