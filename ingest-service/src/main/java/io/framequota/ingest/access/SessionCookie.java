package io.framequota.ingest.access;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The value of the cookie by which the web page shows a key: the key's id, when the cookie ends, and a signature of both and of the
 * key's hash. The server keeps nothing of it. A cookie ends with its key, because the id is looked up at each request. Immutable.
 */
final class SessionCookie {
    /** Longest life of a cookie. */
    static final Duration LIFE = Duration.ofHours(8);

    private static final Pattern VALUE = Pattern.compile("([0-9a-z-]{1,32})\\.([0-9]{1,12})\\.([0-9a-f]{64})");

    private final SecretKeySpec secret;

    SessionCookie(String secret) {
        this.secret = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256");
    }

    /** The key's id and the signature of a value that has not ended. The caller must call {@link #signed}. */
    record Shown(String key, long until, byte[] signature) {}

    String make(String key, ApiKey.Hash hash, Instant now) {
        long until = now.plus(LIFE).getEpochSecond();
        return key + "." + until + "." + HexFormat.of().formatHex(sign(key, until, hash));
    }

    static Optional<Shown> read(String value, Instant now) {
        Matcher matcher = VALUE.matcher(value);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long until = Long.parseLong(matcher.group(2));
        return until <= now.getEpochSecond()
                ? Optional.empty()
                : Optional.of(new Shown(matcher.group(1), until, HexFormat.of().parseHex(matcher.group(3))));
    }

    /** Whether this service made the value for this key. */
    boolean signed(Shown shown, ApiKey.Hash hash) {
        return MessageDigest.isEqual(sign(shown.key(), shown.until(), hash), shown.signature());
    }

    private byte[] sign(String key, long until, ApiKey.Hash hash) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(secret);
            mac.update(("framequota session\n" + key + "\n" + until + "\n").getBytes(StandardCharsets.UTF_8));
            return mac.doFinal(hash.bytes());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }
}
