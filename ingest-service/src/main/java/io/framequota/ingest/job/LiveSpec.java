package io.framequota.ingest.job;

import io.framequota.common.failure.MessageSanitizer;
import io.framequota.ingest.failure.RejectedRequestException;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What was asked for of a live job beside its model and labels.
 *
 * @param key under which the stream is pushed to this service; empty when the stream is at an address
 * @param publish where the annotated stream goes, with its secrets masked; empty for nowhere
 * @param hls whether the annotated stream is offered as HLS
 */
public record LiveSpec(Optional<String> key, String publish, boolean hls) {
    /** In front of the key of a source that is pushed to this service. */
    public static final String LISTEN = "listen:";

    private static final List<String> ADDRESSES = List.of("rtmp", "rtmps", "rtsp", "rtsps", "http", "https");
    private static final List<String> TARGETS = List.of("rtmp", "rtmps");

    /**
     * Reads what a submission asks for.
     *
     * @param source an address or {@code listen:KEY}
     * @param publish with its secrets, empty for none
     * @throws RejectedRequestException when either cannot be used
     */
    public static LiveSpec of(String source, String publish, boolean hls) {
        if (!publish.isEmpty() && !isAddress(publish, TARGETS)) {
            throw RejectedRequestException.unprocessable(
                    "publish is not an address of the form rtmp://HOST/APP/KEY; correct it");
        }
        return new LiveSpec(key(source), maskedTarget(publish), hls);
    }

    private static Optional<String> key(String source) {
        if (source.startsWith(LISTEN)) {
            String key = source.substring(LISTEN.length());
            if (!StreamKey.isValid(key)) {
                throw RejectedRequestException.unprocessable(
                        "the key of a " + LISTEN + "KEY source has " + StreamKey.FORM + "; choose another");
            }
            return Optional.of(key);
        }
        if (!isAddress(source, ADDRESSES)) {
            throw RejectedRequestException.unprocessable("the source of a live job is an address (rtmp://, rtsp://,"
                    + " http:// or https://) or " + LISTEN + "KEY; correct it");
        }
        return Optional.empty();
    }

    private static boolean isAddress(String text, List<String> schemes) {
        try {
            URI uri = URI.create(text);
            return uri.getScheme() != null
                    && schemes.contains(uri.getScheme().toLowerCase(Locale.ROOT))
                    && uri.getHost() != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** The source as it is shown. */
    public static String maskedSource(String source) {
        return source.startsWith(LISTEN)
                ? LISTEN + StreamKey.masked(source.substring(LISTEN.length()))
                : MessageSanitizer.maskSecrets(source);
    }

    /** The address without its secrets: what stands behind the application is the key with which anybody could publish there. */
    private static String maskedTarget(String publish) {
        if (publish.isEmpty()) {
            return "";
        }
        String masked =
                MessageSanitizer.maskSecrets(publish).replaceFirst("[?#].*", "").replaceFirst("/+$", "");
        int application = masked.indexOf('/', masked.indexOf("://") + 3);
        if (application < 0) {
            return masked;
        }
        int key = masked.indexOf('/', application + 1);
        return masked.substring(0, (key < 0 ? application : key) + 1) + "***";
    }

    /** Whether a worker has to draw and encode. */
    public boolean annotate() {
        return hls || !publish.isEmpty();
    }
}
