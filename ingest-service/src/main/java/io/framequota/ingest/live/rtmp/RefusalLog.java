package io.framequota.ingest.live.rtmp;

import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;

/** Logs refused clients, one line each, and no more than ten lines in ten seconds: who floods the listener must not flood the log. */
final class RefusalLog {
    private static final Logger LOG = Logger.getLogger(RefusalLog.class);
    private static final int LINES = 10;
    private static final long WINDOW_NS = 10_000_000_000L;

    private final AtomicLong total = new AtomicLong();
    private long windowFrom = System.nanoTime() - WINDOW_NS;
    private int lines;
    private long unsaid;

    /**
     * Notes a refused client.
     *
     * @param from its address
     */
    synchronized void log(String from, String why) {
        total.incrementAndGet();
        long now = System.nanoTime();
        if (now - windowFrom >= WINDOW_NS) {
            if (unsaid > 0) {
                LOG.warnf("%d more RTMP clients were refused", unsaid);
            }
            windowFrom = now;
            lines = 0;
            unsaid = 0;
        }
        if (lines++ < LINES) {
            LOG.warnf("an RTMP client at %s was refused: %s", from, why);
        } else {
            unsaid++;
        }
    }

    long total() {
        return total.get();
    }
}
