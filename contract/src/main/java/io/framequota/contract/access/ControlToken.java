package io.framequota.contract.access;

import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * The secret that the system's own processes share: who shows it may call the gRPC services below
 * {@value #PACKAGE}. It travels as {@code authorization: Bearer TOKEN}. Immutable.
 */
public final class ControlToken {
    /** Setting of the environment that holds it. */
    public static final String VARIABLE = "FRAMEQUOTA_CONTROL_TOKEN";

    /** Packages of the services that only the system's own processes call begin with it. */
    public static final String PACKAGE = "framequota.control.";

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final String SCHEME = "Bearer ";
    private static final int SHORTEST = 16;
    private static final int LONGEST = 512;

    private final String header;

    private ControlToken(String header) {
        this.header = header;
    }

    /**
     * The token as it is configured.
     *
     * @throws IllegalArgumentException when it is too short to be a secret, or cannot stand in a header; the message names the
     *     setting and never the value
     */
    public static ControlToken of(String token) {
        if (token.length() < SHORTEST
                || token.length() > LONGEST
                || token.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new IllegalArgumentException(VARIABLE + " has to be set, to " + SHORTEST + " to " + LONGEST
                    + " visible ASCII characters without blanks and line ends");
        }
        return new ControlToken(SCHEME + token);
    }

    /** Shows it with every call. */
    public ClientInterceptor shown() {
        Metadata headers = new Metadata();
        headers.put(AUTHORIZATION, header);
        return MetadataUtils.newAttachHeadersInterceptor(headers);
    }

    /** Whether a call's headers show it. How long that takes does not depend on how much of it was guessed. */
    public boolean isShownBy(Metadata headers) {
        String shown = headers.get(AUTHORIZATION);
        return shown != null && MessageDigest.isEqual(bytes(shown), bytes(header));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Does not show it. */
    @Override
    public String toString() {
        return "ControlToken";
    }
}
