package io.framequota.lab.experiment;

import java.util.Locale;

/** Where runs take place. */
public enum ExperimentBackend {
    SIMULATOR,
    LOCAL,
    KUBERNETES;

    /** As people write it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
