package io.framequota.ingest.decode;

import io.framequota.ingest.failure.MessageSanitizer;

/** A source that cannot be used. The message is one line for people: what, where, what to do; no address in it shows a secret. */
public final class SourceException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean forGood;

    /** @param message one line for people */
    public SourceException(String message) {
        this(message, false);
    }

    private SourceException(String message, boolean forGood) {
        super(MessageSanitizer.line(message));
        this.forGood = forGood;
    }

    /**
     * Of a source whose content is no video: nothing that changes around it, no setting and no second try, makes it one.
     *
     * @param message one line for people
     */
    public static SourceException forGood(String message) {
        return new SourceException(message, true);
    }

    /**
     * @param message one line for people
     * @param cause for the log only
     */
    public SourceException(String message, Throwable cause) {
        super(MessageSanitizer.line(message), cause);
        forGood = false;
    }

    /** Whether it is certain that the source can never be used, so that it need not be kept. */
    public boolean isForGood() {
        return forGood;
    }
}
