package io.framequota.ingest.live;

import io.framequota.media.decode.SourceException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;

/**
 * The streams that publishers push to this service. A publisher names a key; a job reserves it. A publisher of a key that no job has
 * reserved is refused. Safe for use by many threads.
 */
public interface PushedStreams {
    /**
     * Reserves a key until the reservation is closed. Waits up to 10 s for a key that another job holds: a job that has been cancelled
     * gives its key back a moment later.
     *
     * @param key 1 to 128 letters, digits, dots, hyphens and underscores; a secret
     * @throws SourceException when the key has another form or another job has reserved it, or when this service takes no streams
     * @throws InterruptedException when interrupted while it waits
     */
    Reservation reserve(String key) throws SourceException, InterruptedException;

    /** One job's claim to the streams of a key. */
    interface Reservation extends AutoCloseable {
        /**
         * Waits for a publisher. Each publisher is given once. A new one ends the stream of the one before where the settings let
         * the last one win; otherwise it is refused while the first one publishes.
         *
         * <p>The stream is FLV without sound. It ends when the publisher says so; reading throws an {@link java.io.IOException} with
         * one line for people when the publisher vanished, sends no video any more or was replaced. Bytes that nobody reads are
         * bounded: pictures up to the next key picture are left out. Closing the stream ends the publisher's connection.
         *
         * @return empty when the wait is over
         */
        Optional<InputStream> take(Duration wait) throws InterruptedException;

        /** Pictures that were left out so far because nobody read them in time, of all publishers since the reservation. */
        long dropped();

        /** Gives the key back and ends the publisher's connection. */
        @Override
        void close();
    }
}
