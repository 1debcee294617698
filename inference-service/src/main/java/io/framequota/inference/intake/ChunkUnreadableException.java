package io.framequota.inference.intake;

/** A chunk cannot be read. The message is one line for people. */
public final class ChunkUnreadableException extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean permanent;

    /** @param permanent another attempt cannot help */
    public ChunkUnreadableException(String message, boolean permanent) {
        super(message);
        this.permanent = permanent;
    }

    /** Whether another attempt cannot help. */
    public boolean permanent() {
        return permanent;
    }
}
