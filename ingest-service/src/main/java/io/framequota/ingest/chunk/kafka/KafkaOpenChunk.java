package io.framequota.ingest.chunk.kafka;

import io.framequota.ingest.chunk.ChunkWriter.ChunkLostException;
import io.framequota.ingest.chunk.ChunkWriter.OpenChunk;
import io.framequota.ingest.chunk.ChunkWriter.Place;
import io.framequota.ingest.chunk.FramesRefusedException;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Collects the acknowledgements of a chunk. The partition is released only when every record has its outcome, good or bad: a late
 * record of this chunk must not fall between the records of the next chunk.
 */
final class KafkaOpenChunk implements OpenChunk {
    private static final Logger LOG = Logger.getLogger(KafkaOpenChunk.class);
    private static final long WARN_AFTER_NANOS = 5_000_000_000L;

    private final FrameSender sender;
    private final InFlightLimit inFlight;
    private final int partition;
    private final Runnable release;
    private final BooleanSupplier stopped;

    private int sent;
    private int outcomes;
    private long firstOffset = -1;
    private @Nullable String lost;
    private @Nullable String refused;
    private boolean ended;
    private boolean settled;

    /** @param release called once, when the partition may be given to another chunk */
    KafkaOpenChunk(
            FrameSender sender, InFlightLimit inFlight, int partition, Runnable release, BooleanSupplier stopped) {
        this.sender = sender;
        this.inFlight = inFlight;
        this.partition = partition;
        this.release = release;
        this.stopped = stopped;
    }

    @Override
    public long add(Map<String, byte[]> headers, byte[] value) throws InterruptedException {
        long waited = awaitInFlight(value.length);
        int position;
        synchronized (this) {
            position = sent++;
        }
        sender.send(
                partition,
                headers,
                value,
                offset -> acknowledged(value.length, position, offset),
                failure -> failed(value.length, position, failure));
        return waited;
    }

    private long awaitInFlight(long bytes) throws InterruptedException {
        if (inFlight.acquire(bytes, 1)) {
            return 0;
        }
        long began = System.nanoTime();
        boolean warned = false;
        while (!inFlight.acquire(bytes, KafkaChunkWriter.POLL_MS)) {
            KafkaChunkWriter.checkStopped(stopped);
            if (!warned && System.nanoTime() - began > WARN_AFTER_NANOS) {
                warned = true;
                LOG.warn("the broker acknowledges no frames; decoding waits until it does");
            }
        }
        return System.nanoTime() - began;
    }

    private void acknowledged(long bytes, int position, long offset) {
        inFlight.release(bytes);
        synchronized (this) {
            if (firstOffset < 0) {
                firstOffset = offset - position;
            } else if (offset - position != firstOffset && lost == null) {
                lost = "its records are not contiguous: record " + position + " got offset " + offset
                        + ", and the first record " + firstOffset;
            }
            countOutcome();
        }
    }

    private void failed(long bytes, int position, Throwable failure) {
        inFlight.release(bytes);
        synchronized (this) {
            if (lost == null) {
                refused = PermanentSendFailures.describe(failure).orElse(null);
                lost = "the broker refused record " + position + " of the chunk: " + failure.getMessage();
            }
            countOutcome();
        }
    }

    private void countOutcome() {
        outcomes++;
        settle();
    }

    private void settle() {
        if (ended && outcomes == sent && !settled) {
            settled = true;
            release.run();
            notifyAll();
        }
    }

    @Override
    public synchronized void end() {
        ended = true;
        settle();
    }

    @Override
    public synchronized boolean isSettled() {
        return settled;
    }

    @Override
    public synchronized Place await() throws InterruptedException, ChunkLostException, FramesRefusedException {
        while (!settled) {
            KafkaChunkWriter.checkStopped(stopped);
            wait(KafkaChunkWriter.POLL_MS);
        }
        if (refused != null) {
            throw new FramesRefusedException(refused);
        }
        if (lost != null) {
            throw new ChunkLostException(lost);
        }
        return new Place(partition, firstOffset, firstOffset + sent - 1);
    }
}
