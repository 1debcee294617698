package io.framequota.ingest.chunk;

/** The broker takes no frames, and would not if asked again. The message is one line for people: what, where, what to do. */
public final class FramesRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param message one line for people */
    public FramesRefusedException(String message) {
        super(message);
    }
}
