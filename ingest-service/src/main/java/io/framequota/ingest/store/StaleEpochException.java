package io.framequota.ingest.store;

/** The caller's epoch is over: another scheduler leads. Nothing was changed. */
public final class StaleEpochException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param current the current leader's epoch */
    public StaleEpochException(long epoch, long current) {
        super("epoch " + epoch + " is over, the current one is " + current);
    }
}
