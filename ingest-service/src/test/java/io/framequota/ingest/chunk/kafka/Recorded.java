package io.framequota.ingest.chunk.kafka;

import io.framequota.ingest.chunk.ChunkListener;
import io.framequota.ingest.chunk.WrittenChunk;
import io.framequota.ingest.decode.VideoInfo;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A listener that keeps what it hears. */
class Recorded implements ChunkListener {
    final List<VideoInfo> opened = new CopyOnWriteArrayList<>();
    final List<WrittenChunk> chunks = new CopyOnWriteArrayList<>();
    volatile boolean stop;

    @Override
    public void opened(VideoInfo probe) {
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
