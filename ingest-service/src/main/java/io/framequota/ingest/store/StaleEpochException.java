package io.framequota.ingest.store;

/** Whoever asked does not lead any more; nothing was changed. */
public final class StaleEpochException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final long current;

    public StaleEpochException(long current) {
        super("the current epoch is " + current);
        this.current = current;
    }

    /** The epoch of whoever leads. */
    public long current() {
        return current;
    }
}
