package io.framequota.ingest.report;

import jakarta.inject.Singleton;
import java.util.Optional;

/**
 * Where the scheduler that leads answers, as it said when it was given the lead. Not kept: after a start the leader finds its
 * connection lost and asks again within moments. Safe for use by several threads.
 */
@Singleton
public class LeaderAddress {
    private long epoch;
    private String address = "";

    /** The leader of an epoch answers there; empty when it did not say. What an earlier leader says late changes nothing. */
    public synchronized void told(long epoch, String address) {
        if (epoch >= this.epoch) {
            this.epoch = epoch;
            this.address = address;
        }
    }

    /** As {@code http://HOST:PORT}, empty while nobody has said it. */
    public synchronized Optional<String> get() {
        return Optional.of(address).filter(a -> !a.isEmpty());
    }
}
