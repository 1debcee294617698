package io.framequota.common.access;

/**
 * The secret shared by ingest-service and the scheduler. Calls of gRPC services in packages that start with {@value #PACKAGE}
 * must show it.
 */
public final class ControlToken {
    /** The environment variable that holds it. */
    public static final String VARIABLE = "FRAMEQUOTA_CONTROL_TOKEN";

    /** The prefix of the packages whose services only the system's own processes call. */
    public static final String PACKAGE = "framequota.control.";

    /**
     * @throws IllegalArgumentException when the token is too short or contains characters that a header cannot; the message
     *     names the variable and never the token
     */
    public static BearerToken of(String token) {
        return BearerToken.of(VARIABLE, token);
    }

    private ControlToken() {}
}
