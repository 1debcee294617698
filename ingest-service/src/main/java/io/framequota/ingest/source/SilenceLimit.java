package io.framequota.ingest.source;

import io.framequota.ingest.config.Threads;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;

/** Ends reading from a stream without a time-out when nothing arrives for a time. For one reading thread; any may close it. */
final class SilenceLimit extends FilterInputStream {
    private static final long POLL_MS = 200;

    private final Duration limit;
    private volatile boolean closed;
    private volatile boolean silent;
    private volatile boolean waiting;
    private volatile long waitingSince;

    SilenceLimit(InputStream in, Duration limit) {
        super(in);
        this.limit = limit;
        Threads.virtual("live-silence", this::watch).start();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        waitingSince = System.nanoTime();
        waiting = true;
        try {
            int read = in.read(into, offset, length);
            // A stream that another thread has closed may end as if it were complete.
            if (read < 0) {
                checkSilence();
            }
            return read;
        } catch (IOException e) {
            checkSilence();
            throw e;
        } finally {
            waiting = false;
        }
    }

    private void checkSilence() throws SocketTimeoutException {
        if (silent) {
            throw new SocketTimeoutException("nothing arrived for " + limit.toSeconds() + " s");
        }
    }

    private void watch() {
        try {
            while (!closed) {
                Thread.sleep(POLL_MS);
                if (waiting && System.nanoTime() - waitingSince > limit.toNanos()) {
                    silent = true;
                    close();
                }
            }
        } catch (InterruptedException | IOException e) {
            // Reading has ended or ends now.
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        in.close();
    }
}
