package io.framequota.inference.intake;

/** A chunk cannot be read. The message is one line for people. */
public final class ChunkUnreadableException extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean permanent;

    /** @param permanent whether another attempt would fail too */
    public ChunkUnreadableException(String message, boolean permanent) {
        super(message);
        this.permanent = permanent;
    }

    /** Whether another attempt would fail too. */
    public boolean permanent() {
        return permanent;
    }
}
