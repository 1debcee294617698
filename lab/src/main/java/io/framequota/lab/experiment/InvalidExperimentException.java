package io.framequota.lab.experiment;

import io.framequota.common.text.OneLine;

/** Thrown if an experiment cannot run as written. The message is one line for people. */
public final class InvalidExperimentException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public InvalidExperimentException(String line) {
        super(OneLine.of(line));
    }

    /** The message. */
    public String line() {
        return String.valueOf(getMessage());
    }
}
