package io.framequota.lab.experiment;

import java.util.Locale;

/** What a request does with its time. */
public enum RequestKind {
    /** It computes: its size is CPU seconds at one core. */
    COMPUTING,
    /** It waits, as for a disk or another service: its size is seconds, and it needs no core. */
    WAITING;

    /** As people write it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
