package io.framequota.ingest.access;

import java.util.Optional;

/** Whether this service asks who calls. */
public enum AuthMode {
    /** Everybody who reaches the port may do everything. */
    OFF,
    /** Requests must show an API key. */
    KEYS;

    /** The environment variable that selects it. */
    public static final String VARIABLE = "FRAMEQUOTA_AUTH";

    /** The mode with this name, {@code off} or {@code keys}. */
    static Optional<AuthMode> named(String name) {
        return switch (name) {
            case "off" -> Optional.of(OFF);
            case "keys" -> Optional.of(KEYS);
            default -> Optional.empty();
        };
    }
}
