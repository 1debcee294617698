package io.framequota.lab.kubernetes;

/** Thrown if there is no usable cluster. The message is one line for people. */
public final class ClusterUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ClusterUnavailableException(String line) {
        super(line);
    }
}
