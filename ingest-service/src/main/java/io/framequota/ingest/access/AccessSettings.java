package io.framequota.ingest.access;

import io.framequota.common.failure.MessageSanitizer;
import io.framequota.ingest.config.IngestConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The settings of access, checked.
 *
 * @param adminKey the administrator's key that is not in the database, null if there is none
 * @param metricsKey the same of a key that may read the metrics only
 * @param oidc the issuer whose tokens are taken, if there is one
 * @param sessionSecret with which session cookies are signed
 */
record AccessSettings(
        AuthMode mode,
        Optional<ApiKey.Hash> adminKey,
        Optional<ApiKey.Hash> metricsKey,
        Optional<OidcTokens.Issuer> oidc,
        String sessionSecret) {
    /** Lets nobody in. */
    static final AccessSettings NOBODY =
            new AccessSettings(AuthMode.KEYS, Optional.empty(), Optional.empty(), Optional.empty(), "never used");

    private static final int SHORTEST = 16;
    private static final int LONGEST = 512;

    /** @throws IllegalArgumentException when a setting cannot be used; the message names it, and holds no key */
    static AccessSettings of(IngestConfig config) {
        AuthMode mode = AuthMode.named(config.auth())
                .orElseThrow(() -> new IllegalArgumentException(
                        AuthMode.VARIABLE + " is \"" + ApiKey.shown(config.auth()) + "\"; it must be off or keys"));
        return new AccessSettings(
                mode,
                key("FRAMEQUOTA_ADMIN_KEY", config.adminKey(), config.adminKeyFile()),
                key("FRAMEQUOTA_METRICS_KEY", config.metricsKey(), Optional.empty()),
                oidc(config),
                config.controlToken());
    }

    private static Optional<OidcTokens.Issuer> oidc(IngestConfig config) {
        if (config.oidcIssuer().isEmpty()) {
            return Optional.empty();
        }
        String issuer = config.oidcIssuer().get();
        if (!isTrusted(issuer)) {
            throw new IllegalArgumentException("FRAMEQUOTA_OIDC_ISSUER is \"" + ApiKey.shown(issuer)
                    + "\"; it must be an https address, or http on loopback");
        }
        String audience = config.oidcAudience()
                .orElseThrow(
                        () -> new IllegalArgumentException(
                                "FRAMEQUOTA_OIDC_ISSUER is set; set FRAMEQUOTA_OIDC_AUDIENCE to the audience of its tokens, too"));
        return Optional.of(new OidcTokens.Issuer(issuer, audience, config.oidcTenantClaim(), config.oidcRolesClaim()));
    }

    /** Whether what comes from an address is what its owner sent: with TLS, or on loopback. */
    static boolean isTrusted(String address) {
        try {
            URI uri = URI.create(address);
            return uri.getHost() != null
                    && ("https".equals(uri.getScheme())
                            || "http".equals(uri.getScheme())
                                    && List.of("127.0.0.1", "localhost", "[::1]")
                                            .contains(uri.getHost()));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static Optional<ApiKey.Hash> key(String variable, Optional<String> given, Optional<Path> file) {
        if (given.isPresent() && file.isPresent()) {
            throw new IllegalArgumentException("set " + variable + " or " + variable + "_FILE, not both");
        }
        Optional<String> text = file.isPresent() ? Optional.of(read(variable + "_FILE", file.get())) : given;
        if (text.isPresent()
                && (text.get().length() < SHORTEST
                        || text.get().length() > LONGEST
                        || text.get().chars().anyMatch(c -> c <= ' ' || c > '~'))) {
            throw new IllegalArgumentException("set " + variable + " to " + SHORTEST + " to " + LONGEST
                    + " visible ASCII characters without spaces and line breaks");
        }
        return text.map(ApiKey.Hash::of);
    }

    private static String read(String variable, Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new IllegalArgumentException(variable + ": the file cannot be read: " + MessageSanitizer.describe(e));
        }
    }

    /** Contains no secret. */
    @Override
    public String toString() {
        return "AccessSettings[" + mode + "]";
    }
}
