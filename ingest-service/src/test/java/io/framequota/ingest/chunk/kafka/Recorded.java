package io.framequota.ingest.chunk.kafka;

import io.framequota.ingest.chunk.ChunkRecorder;
import io.framequota.ingest.chunk.ChunkRoom;
import io.framequota.ingest.chunk.WrittenChunk;
import io.framequota.media.decode.VideoInfo;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps everything that is recorded, and has room for every chunk after a wait. */
class Recorded implements ChunkRecorder, ChunkRoom {
    final List<VideoInfo> opened = new CopyOnWriteArrayList<>();
    final List<WrittenChunk> chunks = new CopyOnWriteArrayList<>();
    volatile boolean stop;

    @Override
    public void opened(VideoInfo info) {
        opened.add(info);
    }

    @Override
    public Reservation tryReserve(long bytes) {
        return null;
    }

    @Override
    public Reservation reserve(long bytes) throws InterruptedException {
        return () -> {};
    }

    @Override
    public void written(WrittenChunk chunk, Reservation room) {
        chunks.add(chunk);
    }

    @Override
    public boolean stopped() {
        return stop;
    }
}
