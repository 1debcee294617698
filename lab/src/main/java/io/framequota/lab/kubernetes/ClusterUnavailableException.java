package io.framequota.lab.kubernetes;

/** There is no cluster that could be used. The message is one line for people. */
public final class ClusterUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ClusterUnavailableException(String line) {
        super(line);
    }
}
