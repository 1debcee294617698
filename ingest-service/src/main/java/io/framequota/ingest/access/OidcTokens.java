package io.framequota.ingest.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.framequota.common.failure.MessageSanitizer;
import io.framequota.ingest.config.Threads;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.keys.resolvers.JwksVerificationKeyResolver;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/**
 * Bearer tokens of an OpenID Connect issuer. A token's signature, issuer, audience and times are checked with the issuer's public keys,
 * which a thread reads every few minutes; no request waits for the issuer. Thread-safe.
 */
final class OidcTokens {
    private static final Logger LOG = Logger.getLogger(OidcTokens.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration REFRESH = Duration.ofMinutes(5);
    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final int MAX_ANSWER = 1 << 20;
    private static final int MAX_TOKEN = 16 * 1024;
    private static final int SKEW_SECONDS = 30;
    private static final int LONGEST_SUBJECT = 64;
    private static final int HASH_BYTES = 4;
    private static final Pattern TOKEN = Pattern.compile("[\\w-]+\\.[\\w-]+\\.[\\w-]+");

    /** Signatures by the issuer's private key; no shared secrets, and not {@code none}. */
    private static final AlgorithmConstraints SIGNATURES = new AlgorithmConstraints(
            ConstraintType.PERMIT,
            AlgorithmIdentifiers.RSA_USING_SHA256,
            AlgorithmIdentifiers.RSA_USING_SHA384,
            AlgorithmIdentifiers.RSA_USING_SHA512,
            AlgorithmIdentifiers.RSA_PSS_USING_SHA256,
            AlgorithmIdentifiers.RSA_PSS_USING_SHA384,
            AlgorithmIdentifiers.RSA_PSS_USING_SHA512,
            AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256,
            AlgorithmIdentifiers.ECDSA_USING_P384_CURVE_AND_SHA384,
            AlgorithmIdentifiers.ECDSA_USING_P521_CURVE_AND_SHA512,
            AlgorithmIdentifiers.EDDSA);

    /**
     * An issuer, and how its tokens are read.
     *
     * @param issuer URL, as tokens name it
     * @param audience that tokens must be for
     * @param tenantClaim path of the claim with the tenant's name, with slashes
     * @param rolesClaim path of the claim with the roles
     */
    record Issuer(String issuer, String audience, String tenantClaim, String rolesClaim) {}

    private final Issuer issuer;
    private final HttpClient http = HttpClient.newBuilder()
            .connectTimeout(TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    private volatile List<JsonWebKey> keys = List.of();
    private volatile boolean stopped;

    OidcTokens(Issuer issuer) {
        this.issuer = issuer;
    }

    /** Reads the issuer's keys, from now on again and again. */
    void start() {
        Threads.virtual("oidc-keys", this::refresh).start();
    }

    void stop() {
        stopped = true;
    }

    private void refresh() {
        boolean failing = false;
        try {
            while (!stopped) {
                boolean read = false;
                try {
                    keys = read();
                    read = true;
                    failing = false;
                } catch (IOException | JoseException | RuntimeException e) {
                    if (!failing) {
                        LOG.warnf(
                                "the keys of the OIDC issuer %s cannot be read: %s; its tokens are checked with the known keys (%d), and"
                                        + " this is tried every %d s",
                                issuer.issuer(), MessageSanitizer.describe(e), keys.size(), RETRY.toSeconds());
                    }
                    failing = true;
                }
                Thread.sleep(read ? REFRESH : RETRY);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<JsonWebKey> read() throws IOException, JoseException, InterruptedException {
        JsonNode metadata =
                JSON.readTree(get(issuer.issuer().replaceAll("/+$", "") + "/.well-known/openid-configuration"));
        if (!metadata.path("issuer").asText().equals(issuer.issuer())) {
            throw new IOException("the issuer calls itself \""
                    + ApiKey.shown(metadata.path("issuer").asText()) + "\"");
        }
        return new JsonWebKeySet(get(metadata.path("jwks_uri").asText())).getJsonWebKeys();
    }

    private String get(String address) throws IOException, InterruptedException {
        if (!AccessSettings.isTrusted(address)) {
            throw new IOException("it names an address without TLS");
        }
        CompletableFuture<HttpResponse<String>> asked = http.sendAsync(
                HttpRequest.newBuilder(URI.create(address)).GET().build(),
                HttpResponse.BodyHandlers.limiting(
                        HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8), MAX_ANSWER));
        try {
            // The request's own timeout would end with the answer's headers.
            HttpResponse<String> answer = asked.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            if (answer.statusCode() != 200) {
                throw new IOException("it answered with " + answer.statusCode());
            }
            return answer.body();
        } catch (TimeoutException e) {
            throw new IOException("it did not answer within " + TIMEOUT.toSeconds() + " s");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        } finally {
            asked.cancel(true);
        }
    }

    /** Who shows a token; empty when this is none, or not a valid one. */
    Optional<Caller> holder(String text) {
        if (text.length() > MAX_TOKEN || !TOKEN.matcher(text).matches()) {
            return Optional.empty();
        }
        JwtConsumer consumer = new JwtConsumerBuilder()
                .setJwsAlgorithmConstraints(SIGNATURES)
                .setVerificationKeyResolver(new JwksVerificationKeyResolver(keys))
                .setExpectedIssuer(issuer.issuer())
                .setExpectedAudience(issuer.audience())
                .setRequireExpirationTime()
                .setRequireSubject()
                .setAllowedClockSkewInSeconds(SKEW_SECONDS)
                .build();
        try {
            return caller(consumer.processToClaims(text));
        } catch (InvalidJwtException e) {
            LOG.debugf("a token is not valid: %s", e.getErrorDetails());
            return Optional.empty();
        }
    }

    private Optional<Caller> caller(JwtClaims claims) {
        EnumSet<Role> roles = EnumSet.noneOf(Role.class);
        if (at(claims.getClaimsMap(), issuer.rolesClaim()) instanceof Collection<?> names) {
            for (Role role : Role.values()) {
                if (names.contains(role.label())) {
                    roles.add(role);
                }
            }
        }
        Object tenant = at(claims.getClaimsMap(), issuer.tenantClaim());
        String key = "oidc:" + shown(String.valueOf(claims.getClaimValue("sub")));
        // An administrator needs no tenant; whoever else has none would share one with others like him.
        if (tenant instanceof String name && ApiKey.isTenant(name)) {
            return Optional.of(new Caller(key, name, roles));
        }
        return tenant == null && roles.contains(Role.ADMIN)
                ? Optional.of(new Caller(key, Caller.DEFAULT_TENANT, Set.copyOf(roles)))
                : Optional.empty();
    }

    /** A subject for logs. One that had to be changed has a part of its hash, so that two subjects never look like one. */
    private static String shown(String subject) {
        String line = subject.replaceAll("[^\\w.@-]", "_");
        String part = line.length() > LONGEST_SUBJECT ? line.substring(0, LONGEST_SUBJECT) : line;
        return part.equals(subject)
                ? part
                : part + "#" + HexFormat.of().formatHex(ApiKey.Hash.of(subject).bytes(), 0, HASH_BYTES);
    }

    private static @Nullable Object at(Map<String, Object> claims, String path) {
        Object value = claims;
        for (String name : path.split("/")) {
            value = value instanceof Map<?, ?> map ? map.get(name) : null;
        }
        return value;
    }
}
