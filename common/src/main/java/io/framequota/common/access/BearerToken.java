package io.framequota.common.access;

import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** A secret that processes share, shown with gRPC calls as {@code authorization: Bearer TOKEN}. Immutable. */
public final class BearerToken {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final String SCHEME = "Bearer ";
    private static final int SHORTEST = 16;
    private static final int LONGEST = 512;

    private final String header;

    private BearerToken(String header) {
        this.header = header;
    }

    /**
     * The token as it is configured.
     *
     * @param variable setting of the environment that holds it
     * @throws IllegalArgumentException when it is too short to be a secret, or cannot stand in a header; the message names the
     *     setting and never the value
     */
    static BearerToken of(String variable, String token) {
        if (token.length() < SHORTEST
                || token.length() > LONGEST
                || token.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new IllegalArgumentException(variable + " has to be set, to " + SHORTEST + " to " + LONGEST
                    + " visible ASCII characters without blanks and line ends");
        }
        return new BearerToken(SCHEME + token);
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
        return "BearerToken";
    }
}
