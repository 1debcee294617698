package io.framequota.common.failure;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URLDecoder;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Makes texts safe to show to clients: describes failures without class names, file paths of this machine or secrets of
 * addresses. Exceptions themselves belong in the log, and secrets do not belong there either.
 */
public final class MessageSanitizer {
    private static final String SERVER_ERROR = "an error inside the server, whose log says more";
    private static final int MAX_LENGTH = 4096;

    // Clients send these texts: groups repeat possessively, so that Java matches them in a loop and not by
    // recursion, and no pattern scans a long run again from each of its characters.
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}+");
    private static final Pattern CLASS =
            Pattern.compile("(?<![\\w.])(?:[a-z_][a-z0-9_]*+\\.)++[A-Z][\\w$]*(?:Exception|Error|Throwable)\\b:?\\s*");
    /** User and password end at the last @ before the path: a password may hold an unescaped @. */
    private static final Pattern USER_INFO = Pattern.compile("(?i)([a-z0-9+.-]:/{1,2})[^/?#\\s\"]*@");

    private static final Pattern ADDRESS = Pattern.compile("(?i)([a-z0-9+.-]:/{1,2})([^\\s\"]*+)");

    /** What looks like a host and a port, and may be a user and a password: no @ follows in it. */
    private static final Pattern AUTHORITY = Pattern.compile("[^/?#@:\\[]*+:[^/?#@]*+(?!@)");

    private static final Pattern PARAMETER = Pattern.compile("([?&;#])([^=&;#?\\s\"]*+)(?:(=)([^&;#\\s\"]*+))?+");
    private static final Pattern SECRET_NAME = Pattern.compile(
            "(?i)token|signature|secret|passw(?:or)?d|credential|api[-_]?key|access[-_]?key|auth|session|jwt|bearer|ticket"
                    + "|^(?:sig|key|pwd|pass|sid|code|pin|otp|hmac)$");
    /** A value of this length is masked whatever its name is, because no list of names is complete. */
    private static final int SECRET_LENGTH = 20;

    private static final String MASK = "***";

    /** What stands behind the application of an RTMP address: whoever has it can publish there. */
    private static final Pattern STREAM_KEY =
            Pattern.compile("(?i)(rtmpt?[es]?:/{1,2}+[^/?#\\s\"]*+/[^/?#\\s\"]++)((?:/[^/?#\\s\"]*+)++)");

    private static final Pattern NAME = Pattern.compile("[^/]++");
    private static final int MOST_SHOWN = 4;
    private static final int SHOWN_PART = 4;

    /** An absolute path of two or more names that is not part of a URL. The last name is kept. */
    private static final Pattern PATH =
            Pattern.compile("(?<![\\p{Alnum}/:._-])(?:file:)?/[^\\s/:;,\"'()]++(?:/([^\\s/:;,\"'()]++))++/?+");

    private MessageSanitizer() {}

    /**
     * Describes a failure in a few words.
     *
     * @param failure a failure of the network or the storage; any other failure is described as an error inside the server
     */
    public static String describe(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = causeOf(cause)) {
            String known = wordsFor(cause);
            if (known != null) {
                return known;
            }
        }
        // Messages of Java's HTTP client and streams describe the peer. One with a slash may hold a path.
        boolean usable = failure instanceof IOException && !(failure instanceof FileSystemException);
        String message = Objects.requireNonNullElse(failure.getMessage(), "").replace("HTTP/", "HTTP ");
        String line = usable && !message.contains("/") ? sanitize(message) : "";
        return line.isEmpty() ? SERVER_ERROR : line;
    }

    private static @Nullable Throwable causeOf(Throwable failure) {
        return failure.getCause() == failure ? null : failure.getCause();
    }

    private static @Nullable String wordsFor(Throwable failure) {
        return switch (failure) {
            case UnknownHostException _ -> "no host has this name";
            case UnresolvedAddressException _ -> "no host has this name";
            case HttpTimeoutException _ -> "it does not answer in time";
            case SocketTimeoutException _ -> "it does not answer in time";
            case NoRouteToHostException _ -> "no network route leads there";
            case ConnectException _ -> "nothing answers there";
            case SSLException _ -> "its TLS certificate or version is not accepted";
            case ClosedChannelException _ -> "the connection was closed";
            case SocketException _ -> "the connection broke off";
            case NoSuchFileException _ -> "a file is missing";
            case AccessDeniedException _ -> "permission denied";
            case FileSystemException f when f.getReason() != null -> sanitize(f.getReason());
            default -> null;
        };
    }

    /** Returns the text as one line of bounded length, without exception names, folders of this machine and secrets of addresses. */
    public static String sanitize(String text) {
        // Secrets are masked before the text is cut: half an address does not show where its password ends.
        String line = maskSecrets(CONTROL.matcher(text).replaceAll(" "));
        line = line.length() > MAX_LENGTH ? line.substring(0, MAX_LENGTH) + "..." : line;
        return PATH.matcher(CLASS.matcher(line).replaceAll("")).replaceAll("$1").strip();
    }

    /**
     * Replaces the secrets of every address in the text by {@value #MASK}: user and password before the host, also when the
     * password holds a slash; the values of query and fragment parameters whose names say that they are secrets, as in signed
     * links, or which are as long as secrets are; and the stream keys of RTMP addresses ({@link #maskKey}).
     */
    public static String maskSecrets(String text) {
        String without = USER_INFO.matcher(text).replaceAll("$1" + MASK + "@");
        without = ADDRESS.matcher(without)
                .replaceAll(a -> Matcher.quoteReplacement(a.group(1) + withoutPassword(a.group(2))));
        without = PARAMETER.matcher(without).replaceAll(p -> Matcher.quoteReplacement(parameter(p)));
        return STREAM_KEY
                .matcher(without)
                .replaceAll(a -> Matcher.quoteReplacement(a.group(1)
                        + NAME.matcher(a.group(2)).replaceAll(n -> Matcher.quoteReplacement(maskName(n.group())))));
    }

    /** Of a name at the end of a clause, the punctuation stays. */
    private static String maskName(String name) {
        int end = name.length();
        while (end > 0 && ";,:.)'".indexOf(name.charAt(end - 1)) >= 0) {
            end--;
        }
        return end == 0 ? name : maskKey(name.substring(0, end)) + name.substring(end);
    }

    /**
     * A stream key as others see it: its first quarter, at most 4 letters, by which whoever chose it knows it again. A key that is
     * masked stays as it is.
     */
    public static String maskKey(String key) {
        return key.endsWith(MASK) ? key : key.substring(0, Math.min(MOST_SHOWN, key.length() / SHOWN_PART)) + MASK;
    }

    /** Text in the place of the port, up to a later @, may be a password that holds a slash. */
    private static String withoutPassword(String address) {
        Matcher authority = AUTHORITY.matcher(address);
        int at = address.lastIndexOf('@');
        return authority.lookingAt() && at > 0 ? MASK + address.substring(at) : address;
    }

    private static String parameter(MatchResult parameter) {
        String name = parameter.group(2);
        if (parameter.group(3) == null) {
            boolean bare = "?#".contains(parameter.group(1)) && name.length() >= SECRET_LENGTH;
            return parameter.group(1) + (bare ? MASK : name);
        }
        String value = parameter.group(4);
        boolean secret = value.length() >= SECRET_LENGTH
                || SECRET_NAME.matcher(decoded(name)).find();
        return parameter.group(1) + name + "=" + (secret && !value.isEmpty() ? MASK : value);
    }

    private static String decoded(String name) {
        try {
            return URLDecoder.decode(name, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return name;
        }
    }
}
