package io.framequota.ingest.store;

/** The authority's store did not do what was asked; it may later. */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message one line for people */
    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
