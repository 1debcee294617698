package io.framequota.lab.experiment;

import java.util.Locale;

/** Where an experiment runs. */
public enum ExperimentBackend {
    SIMULATOR,
    LOCAL,
    KUBERNETES;

    /** The name in options and reports. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
