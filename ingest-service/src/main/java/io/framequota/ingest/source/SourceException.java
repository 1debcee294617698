package io.framequota.ingest.source;

/** A source that cannot be used. The message is one line for people: what, where, what to do. */
public final class SourceException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param message one line for people */
    public SourceException(String message) {
        super(message);
    }

    /**
     * @param message one line for people
     * @param cause for the log only
     */
    public SourceException(String message, Throwable cause) {
        super(message, cause);
    }
}
