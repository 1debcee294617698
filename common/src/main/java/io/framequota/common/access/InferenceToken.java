package io.framequota.common.access;

import org.jspecify.annotations.Nullable;

/** The secret that an embedded inference server shares with its workers: with it, whoever does not show it may call nothing. */
public final class InferenceToken {
    /** Setting of the environment that holds it. */
    public static final String VARIABLE = "FRAMEQUOTA_INFERENCE_TOKEN";

    /**
     * The token as it is configured; null when it is not, for a server that is open to whoever reaches it.
     *
     * @throws IllegalArgumentException when it is too short to be a secret, or cannot stand in a header; the message names the
     *     setting and never the value
     */
    public static @Nullable BearerToken of(@Nullable String token) {
        return token == null || token.isEmpty() ? null : BearerToken.of(VARIABLE, token);
    }

    private InferenceToken() {}
}
