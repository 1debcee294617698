package io.framequota.ingest.decode;

import io.framequota.ingest.failure.MessageSanitizer;

/** A source that cannot be used. The message is one line for people (what, where, what to do); addresses in it show no secret. */
public final class SourceException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean permanent;

    /** @param message one line for people */
    public SourceException(String message) {
        this(message, false);
    }

    /**
     * @param message one line for people
     * @param cause for the log only
     */
    public SourceException(String message, Throwable cause) {
        super(MessageSanitizer.sanitize(message), cause);
        permanent = false;
    }

    private SourceException(String message, boolean permanent) {
        super(MessageSanitizer.sanitize(message));
        this.permanent = permanent;
    }

    /**
     * For a source whose content is no video: no setting and no second attempt changes that.
     *
     * @param message one line for people
     */
    public static SourceException permanent(String message) {
        return new SourceException(message, true);
    }

    /** Whether the source can never be used, so that it need not be kept. */
    public boolean isPermanent() {
        return permanent;
    }
}
