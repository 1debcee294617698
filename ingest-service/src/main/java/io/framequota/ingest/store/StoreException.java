package io.framequota.ingest.store;

/** The database did not carry out a request. It may carry out the same request later. */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message one line for people */
    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
