package io.framequota.inferenceserver.refusal;

/**
 * A request that cannot be answered as asked. The kind is the status a client sees and equals what Triton answers in the
 * same case; the message is one line for a person.
 */
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The statuses in use, named as gRPC names them. */
    public enum Kind {
        NOT_FOUND,
        INVALID_ARGUMENT,
        UNAVAILABLE,
        ALREADY_EXISTS,
        UNIMPLEMENTED,
        INTERNAL
    }

    private final Kind kind;

    /** Refuses with this kind and message; there is no stack trace, for it is the client's mistake and not ours. */
    public RefusedException(Kind kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    /** A request that contradicts the model or itself. */
    public static RefusedException invalid(String message) {
        return new RefusedException(Kind.INVALID_ARGUMENT, message);
    }

    /** Something that cannot be done now. */
    public static RefusedException unavailable(String message) {
        return new RefusedException(Kind.UNAVAILABLE, message);
    }

    /** The status for the client. */
    public Kind kind() {
        return kind;
    }

    /** The message, never null. */
    public String reason() {
        String message = getMessage();
        return message == null ? kind.name() : message;
    }
}
