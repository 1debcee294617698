package io.framequota.ingest.source;

import io.framequota.ingest.words.Words;

/** A source that cannot be used. The message is one line for people: what, where, what to do; no address in it shows a secret. */
public final class SourceException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param message one line for people */
    public SourceException(String message) {
        super(Words.line(message));
    }

    /**
     * @param message one line for people
     * @param cause for the log only
     */
    public SourceException(String message, Throwable cause) {
        super(Words.line(message), cause);
    }
}
