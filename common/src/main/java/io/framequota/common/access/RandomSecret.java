package io.framequota.common.access;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Makes secrets for use between processes. */
public final class RandomSecret {
    private static final int BYTES = 32;

    /** 256 random bits in hexadecimal. */
    public static String next() {
        byte[] bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private RandomSecret() {}
}
