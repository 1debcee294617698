package io.framequota.ingest.results;

import io.framequota.contract.result.ResultLine;
import io.framequota.ingest.store.ChunkStore;
import io.framequota.ingest.store.ChunkStore.Member;
import io.framequota.ingest.store.LostResults;
import io.framequota.ingest.store.files.MemberFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** Iterates over the lines of a job that has ended; holds one member at a time. */
final class ResultLineIterator implements Iterator<ResultLine> {
    private static final int BATCH = 256;

    private final ChunkStore chunks;
    private final MemberFiles files;
    private final String job;
    private final Deque<Member> members = new ArrayDeque<>();
    private final Deque<ResultLine> lines = new ArrayDeque<>();
    private int nextChunk;

    ResultLineIterator(ChunkStore chunks, MemberFiles files, String job) {
        this.chunks = chunks;
        this.files = files;
        this.job = job;
    }

    @Override
    public boolean hasNext() {
        while (lines.isEmpty()) {
            if (members.isEmpty()) {
                List<Member> more = chunks.members(job, nextChunk, BATCH);
                if (more.isEmpty()) {
                    return false;
                }
                members.addAll(more);
                nextChunk = more.getLast().chunk() + 1;
            }
            try {
                MemberReader.each(files.path(members.remove().file()), lines::add);
            } catch (NoSuchFileException e) {
                throw LostResults.gone(job);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return true;
    }

    @Override
    public ResultLine next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return lines.remove();
    }
}
