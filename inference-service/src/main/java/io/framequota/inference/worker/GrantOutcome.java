package io.framequota.inference.worker;

/** How a grant ended at this worker. Each grant ends in exactly one way. */
public sealed interface GrantOutcome {
    /** The broker has its result. */
    record Finished(int frames) implements GrantOutcome {}

    /** It failed; {@code permanent} when another attempt would fail too. */
    record Failed(String cause, boolean permanent) implements GrantOutcome {}

    /** The scheduler took it back before its first frame was read. */
    record Revoked() implements GrantOutcome {}

    /** Its job ended, so nobody waits for it. */
    record Dropped() implements GrantOutcome {}
}
