package io.framequota.ingest.access;

import io.framequota.ingest.failure.RejectedRequestException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What the holder of a key may do. A key has one role or more. */
public enum Role {
    /** Sees the jobs of the key's tenant and their results, models, policies and the allocation. */
    READ,
    /** Submits, cancels, redrives and deletes jobs of the key's tenant. */
    SUBMIT,
    /** Reads the metrics, which count the jobs of all tenants. */
    METRICS,
    /** Does everything, for all tenants. */
    ADMIN;

    /** All names, as people write them. */
    public static final String NAMES = Arrays.stream(values()).map(Role::label).collect(Collectors.joining(", "));

    /** The name as people write it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The role with this name.
     *
     * @throws RejectedRequestException when there is none
     */
    public static Role named(String name) {
        return Arrays.stream(values())
                .filter(role -> role.label().equals(name))
                .findFirst()
                .orElseThrow(() -> RejectedRequestException.unprocessable(
                        "no role \"" + ApiKey.shown(name) + "\"; roles are " + NAMES));
    }
}
