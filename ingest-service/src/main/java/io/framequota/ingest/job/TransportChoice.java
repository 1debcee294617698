package io.framequota.ingest.job;

import java.util.Locale;
import java.util.Optional;

/** What a submission asks for: how the job's frames travel to workers. */
public enum TransportChoice {
    /** Packets where the source is regular and no group of pictures takes too long for a grant, else pixels. */
    AUTO,
    /** Packets where the source is regular, however long its groups of pictures are. */
    PACKETS,
    /** Pixels. */
    PIXELS;

    /** The name that clients use. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Parses a client's name. */
    public static Optional<TransportChoice> named(String label) {
        for (TransportChoice choice : values()) {
            if (choice.label().equals(label)) {
                return Optional.of(choice);
            }
        }
        return Optional.empty();
    }
}
