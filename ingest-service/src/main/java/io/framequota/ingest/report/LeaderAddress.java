package io.framequota.ingest.report;

import jakarta.inject.Singleton;
import java.util.Optional;

/**
 * The HTTP address of the leading scheduler, which it names when it starts to lead. The address is not stored: after a restart of
 * this service the leader finds its connection lost and names the address again. Thread-safe.
 */
@Singleton
public class LeaderAddress {
    private long epoch;
    private String address = "";

    /**
     * Sets the address of an epoch's leader. Ignored when a later epoch's leader is known.
     *
     * @param address empty when the leader named none
     */
    public synchronized void set(long epoch, String address) {
        if (epoch >= this.epoch) {
            this.epoch = epoch;
            this.address = address;
        }
    }

    /** The address as {@code http://HOST:PORT}, empty when none is known. */
    public synchronized Optional<String> get() {
        return Optional.of(address).filter(a -> !a.isEmpty());
    }
}
