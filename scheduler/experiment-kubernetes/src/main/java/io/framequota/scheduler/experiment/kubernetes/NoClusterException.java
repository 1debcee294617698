package io.framequota.scheduler.experiment.kubernetes;

/** There is no cluster that could be used. The message is one line for people. */
public final class NoClusterException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoClusterException(String line) {
        super(line);
    }
}
