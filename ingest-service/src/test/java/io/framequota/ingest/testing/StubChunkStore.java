package io.framequota.ingest.testing;

import io.framequota.contract.control.ChunkResult;
import io.framequota.ingest.chunk.WrittenChunk;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.KnownChunk;
import io.framequota.ingest.store.ChunkStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A chunk store for tests, which override the methods that they expect. Every other call fails. */
public class StubChunkStore implements ChunkStore {
    private static UnsupportedOperationException unexpected() {
        return new UnsupportedOperationException("the test expects no such call");
    }

    @Override
    public boolean add(WrittenChunk chunk) {
        throw unexpected();
    }

    @Override
    public CommitOutcome commit(ChunkResult result, String file, Instant now) {
        throw unexpected();
    }

    @Override
    public Optional<Job> leavePackets(String job, int chunk, String transport, String reason) {
        throw unexpected();
    }

    @Override
    public Optional<Job> leavePackets(ChunkResult irregular, String transport) {
        throw unexpected();
    }

    @Override
    public List<String> memberFiles(String job) {
        throw unexpected();
    }

    @Override
    public Optional<Member> member(String job, int chunk) {
        throw unexpected();
    }

    @Override
    public List<Member> members(String job, int from, int limit) {
        throw unexpected();
    }

    @Override
    public List<KnownChunk> chunks(String job) {
        throw unexpected();
    }

    @Override
    public List<KnownChunk> openChunks() {
        throw unexpected();
    }

    @Override
    public void keepDeaths(long epoch, String job, int chunk, int deaths) {
        throw new UnsupportedOperationException();
    }
}
