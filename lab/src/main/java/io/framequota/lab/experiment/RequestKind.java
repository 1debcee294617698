package io.framequota.lab.experiment;

import java.util.Locale;

/** Whether requests compute or wait. */
public enum RequestKind {
    /** The size of a request is CPU seconds at one core. */
    COMPUTING,
    /** The size of a request is seconds that it waits, as for a disk; it needs no core. */
    WAITING;

    /** The name in experiment files and reports. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
