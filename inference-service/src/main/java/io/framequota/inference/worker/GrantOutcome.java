package io.framequota.inference.worker;

/** How a grant ended at this worker; each ends in exactly one way. */
public sealed interface GrantOutcome {
    /** Its result is with the broker. */
    record Finished(int frames) implements GrantOutcome {}

    /** It could not be done; {@code permanent} when another attempt cannot help. */
    record Failed(String cause, boolean permanent) implements GrantOutcome {}

    /** Taken back before its first frame was read. */
    record Revoked() implements GrantOutcome {}

    /** Its job ended; nobody waits for it. */
    record Dropped() implements GrantOutcome {}
}
