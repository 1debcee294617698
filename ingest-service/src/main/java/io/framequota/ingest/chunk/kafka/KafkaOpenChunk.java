package io.framequota.ingest.chunk.kafka;

import io.framequota.contract.frame.FrameMeta;
import io.framequota.ingest.chunk.ChunkWriter.ChunkLostException;
import io.framequota.ingest.chunk.ChunkWriter.OpenChunk;
import io.framequota.ingest.chunk.ChunkWriter.PassStoppedException;
import io.framequota.ingest.chunk.ChunkWriter.Place;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Collects a chunk's acknowledgements. The partition goes back when no outcome is missing any more, whatever the outcomes
 * are: a late record of this chunk must not fall between the records of the next.
 */
final class KafkaOpenChunk implements OpenChunk {
    private static final Logger LOG = Logger.getLogger(KafkaOpenChunk.class);
    private static final long SAY_AFTER_NANOS = 5_000_000_000L;

    private final FrameSender sender;
    private final InFlightLimit inFlight;
    private final int partition;
    private final Runnable release;
    private final BooleanSupplier stopped;

    private int sent;
    private int outcomes;
    private long firstOffset = -1;
    private @Nullable ChunkLostException lost;
    private boolean closed;
    private boolean released;

    KafkaOpenChunk(
            FrameSender sender, InFlightLimit inFlight, int partition, Runnable release, BooleanSupplier stopped) {
        this.sender = sender;
        this.inFlight = inFlight;
        this.partition = partition;
        this.release = release;
        this.stopped = stopped;
    }

    @Override
    public long add(FrameMeta meta, byte[] pixels) throws InterruptedException, PassStoppedException {
        long waited = room(pixels.length);
        int position;
        synchronized (this) {
            position = sent++;
        }
        sender.send(
                partition,
                meta,
                pixels,
                offset -> outcome(pixels.length, position, offset, null),
                failure -> outcome(pixels.length, position, -1, failure));
        return waited;
    }

    private long room(long bytes) throws InterruptedException, PassStoppedException {
        if (inFlight.acquire(bytes, 1)) {
            return 0;
        }
        long began = System.nanoTime();
        boolean said = false;
        while (!inFlight.acquire(bytes, KafkaChunkWriter.ASK_MS)) {
            if (stopped.getAsBoolean()) {
                throw new PassStoppedException();
            }
            if (!said && System.nanoTime() - began > SAY_AFTER_NANOS) {
                said = true;
                LOG.warn("the broker takes no frames; decoding waits until it does");
            }
        }
        return System.nanoTime() - began;
    }

    private void outcome(long bytes, int position, long offset, @Nullable Throwable failure) {
        inFlight.release(bytes);
        synchronized (this) {
            outcomes++;
            if (failure != null) {
                lose(PermanentSendFailures.line(failure)
                        .map(line -> new ChunkLostException(line, true))
                        .orElseGet(() -> new ChunkLostException(
                                "frame " + position + " of the chunk was refused: " + failure.getMessage())));
            } else if (firstOffset < 0) {
                firstOffset = offset - position;
            } else if (offset - position != firstOffset) {
                lose(new ChunkLostException("its records are not contiguous: frame " + position + " got offset "
                        + offset + " behind " + firstOffset));
            }
            releaseWhenSettled();
        }
    }

    private void lose(ChunkLostException why) {
        if (lost == null) {
            lost = why;
        }
    }

    private void releaseWhenSettled() {
        if (closed && outcomes == sent && !released) {
            released = true;
            release.run();
            notifyAll();
        }
    }

    @Override
    public synchronized void end() {
        closed = true;
        releaseWhenSettled();
    }

    @Override
    public synchronized boolean settled() {
        return released;
    }

    @Override
    public synchronized Place await() throws InterruptedException, PassStoppedException, ChunkLostException {
        while (!released) {
            if (stopped.getAsBoolean()) {
                throw new PassStoppedException();
            }
            wait(KafkaChunkWriter.ASK_MS);
        }
        if (lost != null) {
            throw lost;
        }
        return new Place(partition, firstOffset, firstOffset + sent - 1);
    }

    @Override
    public void abandon() {
        end();
    }
}
