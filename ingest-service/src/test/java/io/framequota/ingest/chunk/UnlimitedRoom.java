package io.framequota.ingest.chunk;

/** Has room for every chunk at once. */
public final class UnlimitedRoom implements ChunkRoom {
    @Override
    public Reservation tryReserve(long bytes) {
        return () -> {};
    }

    @Override
    public Reservation reserve(long bytes) {
        return () -> {};
    }
}
