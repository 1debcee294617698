package io.framequota.ingest.failure;

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
 * Words that may leave this process. A client learns what went wrong, and neither the name of a class, nor a path of this
 * machine, nor a secret of somebody's address: those are for the log, and the secrets not even for that.
 */
public final class MessageSanitizer {
    private static final String INSIDE = "an error inside the server, whose log says more";
    private static final int LONGEST = 4096;

    // Texts come from outside: repeated groups are possessive, which Java matches in a loop and not by calling itself,
    // and no
    // pattern looks at a long run again from each place in it.
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}+");
    private static final Pattern CLASS =
            Pattern.compile("(?<![\\w.])(?:[a-z_][a-z0-9_]*+\\.)++[A-Z][\\w$]*(?:Exception|Error|Throwable)\\b:?\\s*");
    /** Whoever writes an unescaped @ into a password still means it as one: up to the last @ before the path. */
    private static final Pattern USER_INFO = Pattern.compile("(?i)([a-z0-9+.-]:/{1,2})[^/?#\\s\"]*@");

    private static final Pattern ADDRESS = Pattern.compile("(?i)([a-z0-9+.-]:/{1,2})([^\\s\"]*+)");

    /** Host and port, or user and password, and no @ yet. */
    private static final Pattern AUTHORITY = Pattern.compile("[^/?#@:\\[]*+:[^/?#@]*+(?!@)");

    private static final Pattern PARAMETER = Pattern.compile("([?&;#])([^=&;#?\\s\"]*+)(?:(=)([^&;#\\s\"]*+))?+");
    private static final Pattern SECRET_NAME = Pattern.compile(
            "(?i)token|signature|secret|passw(?:or)?d|credential|api[-_]?key|access[-_]?key|auth|session|jwt|bearer|ticket"
                    + "|^(?:sig|key|pwd|pass|sid|code|pin|otp|hmac)$");
    /** A value of this length is masked whatever its name: names of secrets have no end. */
    private static final int LONG_VALUE = 20;

    private static final String MASK = "***";

    /** An absolute path of two names or more that is no part of a URL; its last name is kept. */
    private static final Pattern PATH =
            Pattern.compile("(?<![\\p{Alnum}/:._-])(?:file:)?/[^\\s/:;,\"'()]++(?:/([^\\s/:;,\"'()]++))++/?+");

    private MessageSanitizer() {}

    /**
     * Why something failed, in words of the field; the exception itself belongs into the log.
     *
     * @param failure a failure of the network or of the storage, or anything else, which then is said to be one of the server
     */
    public static String why(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = next(cause)) {
            String known = known(cause);
            if (known != null) {
                return known;
            }
        }
        // What Java's HTTP client and streams say of a peer is telling; what holds a slash may hold a path.
        boolean telling = failure instanceof IOException && !(failure instanceof FileSystemException);
        String message = Objects.requireNonNullElse(failure.getMessage(), "").replace("HTTP/", "HTTP ");
        String line = telling && !message.contains("/") ? line(message) : "";
        return line.isEmpty() ? INSIDE : line;
    }

    private static @Nullable Throwable next(Throwable failure) {
        return failure.getCause() == failure ? null : failure.getCause();
    }

    private static @Nullable String known(Throwable failure) {
        return switch (failure) {
            case UnknownHostException _ -> "there is no host of this name";
            case UnresolvedAddressException _ -> "there is no host of this name";
            case HttpTimeoutException _ -> "it does not answer in time";
            case SocketTimeoutException _ -> "it does not answer in time";
            case NoRouteToHostException _ -> "no network leads there";
            case ConnectException _ -> "nothing answers there";
            case SSLException _ -> "its TLS certificate or version is not accepted";
            case ClosedChannelException _ -> "the connection was closed";
            case SocketException _ -> "the connection broke off";
            case NoSuchFileException _ -> "a file is missing";
            case AccessDeniedException _ -> "permission denied";
            case FileSystemException f when f.getReason() != null -> line(f.getReason());
            default -> null;
        };
    }

    /** A text as one line of bounded length, without names of exceptions, paths of this machine and secrets of addresses. */
    public static String line(String text) {
        // Masked before it is cut: half an address does not show where its password ends.
        String line = masked(CONTROL.matcher(text).replaceAll(" "));
        line = line.length() > LONGEST ? line.substring(0, LONGEST) + "..." : line;
        return PATH.matcher(CLASS.matcher(line).replaceAll("")).replaceAll("$1").strip();
    }

    /**
     * The same text with the secrets of all addresses in it replaced by {@value #MASK}: user and password before the host, what
     * may be one although it holds a slash, and parameters of queries and fragments whose names say that they are secrets, such
     * as those of a signed link, or whose values are as long as secrets are.
     */
    public static String masked(String text) {
        String without = USER_INFO.matcher(text).replaceAll("$1" + MASK + "@");
        without = ADDRESS.matcher(without)
                .replaceAll(a -> Matcher.quoteReplacement(a.group(1) + withoutPassword(a.group(2))));
        return PARAMETER.matcher(without).replaceAll(p -> Matcher.quoteReplacement(parameter(p)));
    }

    /** What stands where a port would, up to an @ further on, may be a password with a slash in it. */
    private static String withoutPassword(String address) {
        Matcher authority = AUTHORITY.matcher(address);
        int at = address.lastIndexOf('@');
        return authority.lookingAt() && at > 0 ? MASK + address.substring(at) : address;
    }

    private static String parameter(MatchResult parameter) {
        String name = parameter.group(2);
        if (parameter.group(3) == null) {
            boolean bare = "?#".contains(parameter.group(1)) && name.length() >= LONG_VALUE;
            return parameter.group(1) + (bare ? MASK : name);
        }
        String value = parameter.group(4);
        boolean secret = value.length() >= LONG_VALUE
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
