package io.framequota.scheduler.experiment;

import java.util.Locale;

/** Where runs take place. */
public enum Home {
    SIMULATOR,
    LOCAL,
    KUBERNETES;

    /** As people write it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
