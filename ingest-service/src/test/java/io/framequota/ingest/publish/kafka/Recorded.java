package io.framequota.ingest.publish.kafka;

import io.framequota.ingest.decode.Probe;
import io.framequota.ingest.publish.ChunkListener;
import io.framequota.ingest.publish.WrittenChunk;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A listener that keeps what it hears. */
class Recorded implements ChunkListener {
    final List<Probe> opened = new CopyOnWriteArrayList<>();
    final List<WrittenChunk> chunks = new CopyOnWriteArrayList<>();
    volatile boolean stop;

    @Override
    public void opened(Probe probe) {
        opened.add(probe);
    }

    @Override
    public void awaitRoom(long bytes) throws InterruptedException {}

    @Override
    public void written(WrittenChunk chunk) {
        chunks.add(chunk);
    }

    @Override
    public boolean stopped() {
        return stop;
    }
}
