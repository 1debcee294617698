package io.framequota.common.access;

import org.jspecify.annotations.Nullable;

/** The secret shared by an embedded inference server and its workers. A server with a token refuses every call without it. */
public final class InferenceToken {
    /** The environment variable that holds it. */
    public static final String VARIABLE = "FRAMEQUOTA_INFERENCE_TOKEN";

    /**
     * The token; null when there is none, for a server that serves every caller.
     *
     * @throws IllegalArgumentException when the token is too short or contains characters that a header cannot; the message
     *     names the variable and never the token
     */
    public static @Nullable BearerToken of(@Nullable String token) {
        return token == null || token.isEmpty() ? null : BearerToken.of(VARIABLE, token);
    }

    private InferenceToken() {}
}
