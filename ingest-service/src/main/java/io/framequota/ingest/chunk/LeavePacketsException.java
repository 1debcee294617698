package io.framequota.ingest.chunk;

/** A job has to leave packets: its frames travel as pixels from a chunk on. The message is one line for people. */
public final class LeavePacketsException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int chunk;

    /**
     * @param chunk index of the first chunk that is neither cut now nor known from an earlier pass
     * @param message one line for people
     */
    public LeavePacketsException(int chunk, String message) {
        super(message);
        this.chunk = chunk;
    }

    /** Index of the first chunk that must travel as pixels. */
    public int chunk() {
        return chunk;
    }
}
