package io.framequota.media.decode;

import io.framequota.common.failure.MessageSanitizer;

/** A source that cannot be used. The message is one line for people (what, where, what to do); addresses in it show no secret. */
public final class SourceException extends Exception {
    private static final long serialVersionUID = 1L;

    private enum Fault {
        /** It may be that of the server, of the network or of a limit. */
        UNKNOWN,
        /** The source lacks what the submission asks for. */
        SUBMISSION,
        /** The content is no video. */
        CONTENT
    }

    private final Fault fault;

    /** @param message one line for people */
    public SourceException(String message) {
        this(message, Fault.UNKNOWN);
    }

    /**
     * @param message one line for people
     * @param cause for the log only
     */
    public SourceException(String message, Throwable cause) {
        super(MessageSanitizer.sanitize(message), cause);
        fault = Fault.UNKNOWN;
    }

    private SourceException(String message, Fault fault) {
        super(MessageSanitizer.sanitize(message));
        this.fault = fault;
    }

    /**
     * For a source whose content is no video: no setting and no second attempt changes that.
     *
     * @param message one line for people
     */
    public static SourceException permanent(String message) {
        return new SourceException(message, Fault.CONTENT);
    }

    /**
     * For a source that lacks what the submission asks for; another submission may use it.
     *
     * @param message one line for people
     */
    public static SourceException lacking(String message) {
        return new SourceException(message, Fault.SUBMISSION);
    }

    /** Whether the source can never be used, so that it need not be kept. */
    public boolean isPermanent() {
        return fault == Fault.CONTENT;
    }

    /** Whether the same submission would fail again, whatever is done to the server. */
    public boolean isBadInput() {
        return fault != Fault.UNKNOWN;
    }
}
