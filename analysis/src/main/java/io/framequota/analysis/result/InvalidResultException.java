package io.framequota.analysis.result;

/** Thrown for a file that is not a result or a truth. The message names the file, the place and what is wrong, for people. */
public final class InvalidResultException extends Exception {
    public InvalidResultException(String message) {
        super(message);
    }
}
