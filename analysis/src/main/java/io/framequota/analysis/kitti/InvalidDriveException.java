package io.framequota.analysis.kitti;

/** Thrown for a drive, or a part of it, that cannot be used. The message names the file, what is wrong and what to do, for people. */
public final class InvalidDriveException extends Exception {
    private static final long serialVersionUID = 1L;

    private static final int MOST_CHARACTERS = 2_000;

    /** @param message is cut where it quotes too much of a file */
    public InvalidDriveException(String message) {
        super(message.length() > MOST_CHARACTERS ? message.substring(0, MOST_CHARACTERS) + "..." : message);
    }
}
