package io.framequota.analysis.kitti;

/** Thrown for a drive, or a part of it, that cannot be used. The message names the file, what is wrong and what to do, for people. */
public final class InvalidDriveException extends Exception {
    private static final long serialVersionUID = 1L;

    public InvalidDriveException(String message) {
        super(message);
    }
}
