package io.framequota.inferenceserver.refusal;

import io.framequota.common.text.OneLine;

/**
 * A request is refused. The kind is the status that the client sees, and the same that Triton uses in this case; the message is
 * one line for people.
 */
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The statuses in use, with gRPC's names. */
    public enum Kind {
        NOT_FOUND,
        INVALID_ARGUMENT,
        UNAVAILABLE,
        ALREADY_EXISTS,
        UNIMPLEMENTED,
        INTERNAL
    }

    private final Kind kind;

    /** Has no stack trace, because the client made the mistake. */
    public RefusedException(Kind kind, String message) {
        super(OneLine.of(message), null, false, false);
        this.kind = kind;
    }

    /** A request that contradicts the model or itself. */
    public static RefusedException invalid(String message) {
        return new RefusedException(Kind.INVALID_ARGUMENT, message);
    }

    /** Something that is not possible now. */
    public static RefusedException unavailable(String message) {
        return new RefusedException(Kind.UNAVAILABLE, message);
    }

    public Kind kind() {
        return kind;
    }

    /** The message, never null. */
    public String reason() {
        String message = getMessage();
        return message == null ? kind.name() : message;
    }
}
