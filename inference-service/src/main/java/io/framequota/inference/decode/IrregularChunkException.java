package io.framequota.inference.decode;

/** A chunk's packets do not decode to the frames that they announce. The message is the reason, one line for people. */
public final class IrregularChunkException extends Exception {
    private static final long serialVersionUID = 1;

    /** @param reason one line for people */
    public IrregularChunkException(String reason) {
        super(reason);
    }

    /** The reason, one line for people. */
    public String reason() {
        return String.valueOf(getMessage());
    }
}
