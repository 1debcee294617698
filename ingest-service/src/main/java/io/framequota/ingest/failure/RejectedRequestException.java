package io.framequota.ingest.failure;

/** A request that is not carried out. The message is one line for people: what, where, what to do; no address in it shows a secret. */
public final class RejectedRequestException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why, in kinds that every protocol has a code for. */
    public enum Kind {
        /** The request is malformed. */
        MALFORMED,
        /** There is no such thing. */
        UNKNOWN,
        /** Well formed, and cannot be done as asked. */
        UNUSABLE,
        /** Not in the state that things are in now. */
        CONFLICT,
        /** It was there and is no more. */
        GONE,
        /** The storage is full. */
        NO_SPACE,
        /** A part of the system does not answer. */
        UNAVAILABLE,
        /** The client sends too slowly to be waited for. */
        SLOW,
        /** More is being read from clients than there is memory for. */
        BUSY
    }

    private final Kind kind;

    /** @param message one line for people */
    public RejectedRequestException(Kind kind, String message) {
        super(MessageSanitizer.line(message));
        this.kind = kind;
    }

    /** Why. */
    public Kind kind() {
        return kind;
    }

    /** There is no such job. */
    public static RejectedRequestException noJob(String id) {
        return new RejectedRequestException(Kind.UNKNOWN, "there is no job " + id);
    }
}
