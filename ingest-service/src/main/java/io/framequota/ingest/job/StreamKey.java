package io.framequota.ingest.job;

import io.framequota.common.failure.MessageSanitizer;
import java.util.regex.Pattern;

/** Keys under which streams are pushed to this service. A key is a password: whatever is shown, logged or listed has {@link #masked}. */
public final class StreamKey {
    /** What a key may have, for messages. */
    public static final String FORM = "1 to 128 letters, digits, dots, hyphens and underscores";

    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9._-]{1,128}");

    private StreamKey() {}

    /** Whether a text has the form of a key. */
    public static boolean isValid(String text) {
        return KEY.matcher(text).matches();
    }

    /** The key as others see it, see {@link MessageSanitizer#maskKey}. */
    public static String masked(String key) {
        return MessageSanitizer.maskKey(key);
    }
}
