package io.framequota.inference.control;

/** How a grant ended at this worker; each ends in exactly one way. */
public sealed interface Outcome {
    /** Its result is with the broker. */
    record Finished(int frames) implements Outcome {}

    /** It could not be done; {@code permanent} when another attempt cannot help. */
    record Failed(String cause, boolean permanent) implements Outcome {}

    /** Taken back before its first frame was read. */
    record Revoked() implements Outcome {}

    /** Its job ended; nobody waits for it. */
    record Dropped() implements Outcome {}
}
