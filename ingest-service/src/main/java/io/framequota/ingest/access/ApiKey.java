package io.framequota.ingest.access;

import io.framequota.common.access.RandomSecret;
import io.framequota.ingest.failure.RejectedRequestException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An API key as it is stored: with its hash in place of its secret.
 *
 * <p>A key's text is {@code fq_ID_SECRET}: the id in 16 hexadecimal digits, and 256 random bits. No search finds so long a secret, so
 * one SHA-256 of the text is stored, without salt and without iterations.
 *
 * @param name what people call it, may be empty
 * @param hash of the whole text
 */
public record ApiKey(String id, String name, String tenant, Set<Role> roles, Hash hash, Instant createdAt) {
    private static final Pattern TEXT = Pattern.compile("fq_([0-9a-f]{16})_[0-9a-f]{64}");
    private static final Pattern TENANT = Pattern.compile("[a-z0-9](?:[a-z0-9._-]{0,62})");
    private static final int LONGEST_NAME = 100;
    private static final int LONGEST_SHOWN = 80;

    /** A hash of a key's text. Equal hashes belong to one key. */
    public record Hash(byte[] bytes) {
        static Hash of(String text) {
            try {
                return new Hash(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has SHA-256", e);
            }
        }

        /** The time of the comparison does not depend on where the hashes differ. */
        @Override
        public boolean equals(Object other) {
            return other instanceof Hash hash && MessageDigest.isEqual(bytes, hash.bytes);
        }

        @Override
        public int hashCode() {
            return bytes.length < 4 ? 0 : bytes[0] << 24 ^ bytes[1] << 16 ^ bytes[2] << 8 ^ bytes[3];
        }

        @Override
        public String toString() {
            return "Hash";
        }
    }

    /** A new key with its text, which is stored nowhere. */
    public record Created(ApiKey key, String text) {
        @Override
        public String toString() {
            return "Created[" + key.id() + "]";
        }
    }

    public ApiKey {
        roles = Set.copyOf(roles);
    }

    /**
     * Makes a key.
     *
     * @throws RejectedRequestException when the name, the tenant or the roles cannot be used
     */
    static Created create(String name, String tenant, Set<Role> roles, Instant now) {
        if (name.length() > LONGEST_NAME || !name.chars().allMatch(c -> c >= ' ' && c < 127)) {
            throw RejectedRequestException.unprocessable(
                    "a key's name has at most " + LONGEST_NAME + " visible ASCII characters");
        }
        if (!isTenant(tenant)) {
            throw RejectedRequestException.unprocessable("tenant is \"" + shown(tenant)
                    + "\"; a tenant's name has 1 to 63 lower-case letters, digits, dots, underscores and hyphens");
        }
        if (roles.isEmpty()) {
            throw RejectedRequestException.unprocessable("a key needs a role; roles are " + Role.NAMES);
        }
        String id = RandomSecret.next().substring(0, 16);
        String text = "fq_" + id + "_" + RandomSecret.next();
        return new Created(new ApiKey(id, name, tenant, roles, Hash.of(text), now), text);
    }

    /** Whether a text can be a tenant's name. */
    public static boolean isTenant(String name) {
        return TENANT.matcher(name).matches();
    }

    /** The id that a text names if it has the form of a key. */
    static Optional<String> idOf(String text) {
        Matcher matcher = TEXT.matcher(text);
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    /** Who holds the key. */
    Caller caller() {
        return new Caller(id, tenant, roles);
    }

    /** A client's text for an error: short, and in one line. */
    static String shown(String text) {
        String line = text.replaceAll("[^\\x20-\\x7e]|[\"\\\\]", "?");
        return line.length() > LONGEST_SHOWN ? line.substring(0, LONGEST_SHOWN) + "..." : line;
    }
}
