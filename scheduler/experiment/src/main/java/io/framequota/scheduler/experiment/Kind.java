package io.framequota.scheduler.experiment;

import java.util.Locale;

/** What a request does with its time. */
public enum Kind {
    /** It computes: its size is CPU seconds at one core. */
    COMPUTING,
    /** It waits, as for a disk or another service: its size is seconds, and it needs no core. */
    WAITING;

    /** As people write it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
