package io.framequota.ingest.chunk;

/** The broker refuses frames and would refuse them again. The message is one line for people: what, where, what to do. */
public final class FramesRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param message one line for people */
    public FramesRefusedException(String message) {
        super(message);
    }
}
