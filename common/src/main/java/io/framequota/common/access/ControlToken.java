package io.framequota.common.access;

/** The secret that ingest-service and the scheduler share: who shows it may call the gRPC services below {@value #PACKAGE}. */
public final class ControlToken {
    /** Setting of the environment that holds it. */
    public static final String VARIABLE = "FRAMEQUOTA_CONTROL_TOKEN";

    /** Packages of the services that only the system's own processes call begin with it. */
    public static final String PACKAGE = "framequota.control.";

    /**
     * The token as it is configured.
     *
     * @throws IllegalArgumentException when it is too short to be a secret, or cannot stand in a header; the message names the
     *     setting and never the value
     */
    public static BearerToken of(String token) {
        return BearerToken.of(VARIABLE, token);
    }

    private ControlToken() {}
}
