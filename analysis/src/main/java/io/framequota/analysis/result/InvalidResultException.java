package io.framequota.analysis.result;

/** A file is not what it should be. The message names the file, the place and what is wrong, for people. */
public final class InvalidResultException extends Exception {
    public InvalidResultException(String message) {
        super(message);
    }
}
