package io.framequota.ingest.failure;

import io.framequota.common.failure.MessageSanitizer;

/**
 * A client's request that is not carried out. The message is one line for people: what is wrong, where, and what to do. It shows
 * no secret of an address.
 */
public final class RejectedRequestException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The kinds of reasons. Every protocol has a status code for each. */
    public enum Kind {
        /** The request is malformed. */
        MALFORMED,
        /** The thing that the request names does not exist. */
        NOT_FOUND,
        /** The request is well formed, but its values cannot be used. */
        UNPROCESSABLE,
        /** The current state does not allow the request. */
        CONFLICT,
        /** The thing that the request names was removed. */
        GONE,
        /** The storage is full. */
        STORAGE_FULL,
        /** A part of the system does not answer. */
        UNAVAILABLE,
        /** The client sends its request too slowly. */
        TOO_SLOW,
        /** The requests that are being read take all the memory that requests may take. */
        OVERLOADED,
        /** There are as many of these as there may be. */
        TOO_MANY
    }

    private static final int MAX_SHOWN_ID = 64;

    private final Kind kind;

    private RejectedRequestException(Kind kind, String message) {
        super(MessageSanitizer.sanitize(message));
        this.kind = kind;
    }

    /** The kind of the reason. */
    public Kind kind() {
        return kind;
    }

    public static RejectedRequestException malformed(String message) {
        return new RejectedRequestException(Kind.MALFORMED, message);
    }

    public static RejectedRequestException jobNotFound(String id) {
        boolean isLong = id.length() > MAX_SHOWN_ID;
        return new RejectedRequestException(
                Kind.NOT_FOUND, "there is no job " + (isLong ? id.substring(0, MAX_SHOWN_ID) + "..." : id));
    }

    public static RejectedRequestException notFound(String message) {
        return new RejectedRequestException(Kind.NOT_FOUND, message);
    }

    public static RejectedRequestException unprocessable(String message) {
        return new RejectedRequestException(Kind.UNPROCESSABLE, message);
    }

    public static RejectedRequestException conflict(String message) {
        return new RejectedRequestException(Kind.CONFLICT, message);
    }

    /** The same words whoever has the key, and whether or not his job is open: a key's tenant is not told to others. */
    public static RejectedRequestException streamKeyTaken() {
        return conflict("the key of this stream belongs to another open job; cancel that job, or choose another key");
    }

    public static RejectedRequestException gone(String message) {
        return new RejectedRequestException(Kind.GONE, message);
    }

    public static RejectedRequestException storageFull(String message) {
        return new RejectedRequestException(Kind.STORAGE_FULL, message);
    }

    public static RejectedRequestException unavailable(String message) {
        return new RejectedRequestException(Kind.UNAVAILABLE, message);
    }

    public static RejectedRequestException tooSlow(String message) {
        return new RejectedRequestException(Kind.TOO_SLOW, message);
    }

    public static RejectedRequestException tooMany(String message) {
        return new RejectedRequestException(Kind.TOO_MANY, message);
    }

    public static RejectedRequestException overloaded(String message) {
        return new RejectedRequestException(Kind.OVERLOADED, message);
    }
}
