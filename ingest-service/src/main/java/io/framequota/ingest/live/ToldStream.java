package io.framequota.ingest.live;

import io.framequota.contract.control.LiveStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the ledger was told of a job's stream. Sessions are told in their order, and each that is lost is told as lost behind it, also when it
 * was opened and lost between two reports. Thread-safe; {@link #lost} returns at once.
 */
final class ToldStream {
    /** Takes what is told. Its methods may throw; what they were to record is told again at the next report. */
    interface Ledger {
        /** Records an open stream. Returns false when the job has ended. */
        boolean open(LiveStream stream);

        /** Records that the stream is not open. */
        void lose();
    }

    private volatile int lost;
    /** The last one, null before the first. Written by {@link #report} only. */
    private volatile @Nullable LiveStream told;

    /** What the ledger believes. Guarded by this. */
    private boolean open;

    /** @param open whether the ledger has a stream of an earlier process or loop as open */
    ToldStream(boolean open) {
        this.open = open;
    }

    /** A session, and with it all earlier ones, is over. For one thread. */
    void lost(int session) {
        lost = session;
    }

    /** Whether a stream was told. */
    boolean known() {
        return told != null;
    }

    /**
     * Tells what has changed. Waits for the ledger.
     *
     * @param current the stream of the current session; empty until its first packet is stored
     * @return false when the job has ended
     */
    synchronized boolean report(Optional<LiveStream> current, Ledger ledger) {
        LiveStream before = told;
        if (current.isPresent() && !current.get().equals(before)) {
            if (!ledger.open(current.get())) {
                return false;
            }
            before = current.get();
            told = before;
            open = true;
        }
        if (open && (before == null || before.getSession() <= lost)) {
            ledger.lose();
            open = false;
        }
        return true;
    }
}
