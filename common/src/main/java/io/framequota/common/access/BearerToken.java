package io.framequota.common.access;

import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** A secret shared by processes and sent with gRPC calls and HTTP requests as {@code authorization: Bearer TOKEN}. Immutable. */
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
     * @param variable environment variable that holds the token
     * @throws IllegalArgumentException when the token is too short or contains characters that a header cannot; the message
     *     names the variable and never the token
     */
    static BearerToken of(String variable, String token) {
        if (token.length() < SHORTEST
                || token.length() > LONGEST
                || token.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new IllegalArgumentException("set " + variable + " to " + SHORTEST + " to " + LONGEST
                    + " visible ASCII characters without spaces and line breaks");
        }
        return new BearerToken(SCHEME + token);
    }

    /** The value of the header {@code authorization}. Holds the token. */
    public String header() {
        return header;
    }

    /** Sends the token with every call. */
    public ClientInterceptor interceptor() {
        Metadata headers = new Metadata();
        headers.put(AUTHORIZATION, header);
        return MetadataUtils.newAttachHeadersInterceptor(headers);
    }

    /**
     * Whether a call's headers contain the token. The time of the comparison does not depend on how much of a guess is right.
     */
    public boolean matches(Metadata headers) {
        return matches(headers.get(AUTHORIZATION));
    }

    /** The same for the value of an HTTP request's header, null when there is none. */
    public boolean matches(@Nullable String shown) {
        return shown != null && MessageDigest.isEqual(bytes(shown), bytes(header));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Does not contain the token. */
    @Override
    public String toString() {
        return "BearerToken";
    }
}
