package io.framequota.common.access;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Refuses requests that web pages of other sites make a browser send to the HTTP ports of the services: forms and scripts (a
 * foreign {@code Origin}) and host names that point here (DNS rebinding, a foreign {@code Host}). Other programs send no {@code
 * Origin}, and none is required. Immutable.
 *
 * <p>Allowed hosts are loopback names, all IP addresses, this machine's own name, and the names in {@value #VARIABLE}. IP
 * addresses are safe: a page loaded from one came from this server.
 */
public final class CallerPolicy {
    /**
     * Environment variable with more names, separated by commas; {@code .example.org} allows all names below it, {@code *} all
     * names.
     */
    public static final String VARIABLE = "FRAMEQUOTA_ALLOWED_HOSTS";

    /** The content type of {@link #problem}. */
    public static final String PROBLEM = "application/problem+json";

    private static final String OCTET = "(?:25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})";
    private static final Pattern IPV4 = Pattern.compile(OCTET + "(?:\\." + OCTET + "){3}");
    /** A name or an IPv6 address in brackets, with an optional port. */
    private static final Pattern AUTHORITY = Pattern.compile("(\\[[^\\[\\]]*+\\]|[^:\\[\\]]*+)(?::[0-9]{0,5}+)?+");

    private final Set<String> names = new HashSet<>();

    /**
     * The origin of a request as its headers state it; null for missing headers.
     *
     * @param authority HTTP/1's Host or HTTP/2's :authority
     * @param fetchSite the browser's Sec-Fetch-Site
     * @param fetchMode the browser's Sec-Fetch-Mode
     */
    public record Request(
            String method,
            @Nullable String authority,
            @Nullable String origin,
            @Nullable String fetchSite,
            @Nullable String fetchMode) {}

    /** @param allowed the names in {@value #VARIABLE} */
    public CallerPolicy(Collection<String> allowed) {
        allowed.stream().map(CallerPolicy::plain).filter(n -> !n.isEmpty()).forEach(names::add);
        names.add("localhost");
        names.add(".localhost");
        try {
            names.add(plain(InetAddress.getLocalHost().getHostName()));
        } catch (UnknownHostException e) {
            // A machine without a name is called by its address.
        }
    }

    /** The reason to refuse a request, one line for people; null to accept it. */
    public @Nullable String refusal(Request request) {
        String authority = request.authority();
        if (authority == null || authority.isBlank()) {
            return "the request has no host";
        }
        Matcher parts = AUTHORITY.matcher(authority.strip());
        if (!parts.matches()) {
            return "\"" + shown(authority) + "\" is not a host with a port";
        }
        String host = plain(parts.group(1));
        if (!allowed(host)) {
            return "this server does not answer to the host name \"" + shown(host)
                    + "\"; call it by an IP address, or list the name in " + VARIABLE;
        }
        String origin = request.origin();
        if (origin != null && !sameSite(origin, authority)) {
            return "requests from pages of another site (" + shown(origin) + ") are refused";
        }
        boolean foreign =
                "cross-site".equalsIgnoreCase(request.fetchSite()) || "same-site".equalsIgnoreCase(request.fetchSite());
        boolean link = "navigate".equalsIgnoreCase(request.fetchMode()) && "GET".equals(request.method());
        if (foreign && !link) {
            return "requests from pages of another site are refused";
        }
        return null;
    }

    /** The body of the 403 response to a refused request (RFC 9457), of type {@value #PROBLEM}. */
    public static String problem(String refusal) {
        String detail = refusal.replace("\\", "\\\\").replace("\"", "\\\"");
        return "{\"type\":\"about:blank\",\"title\":\"Forbidden\",\"status\":403,\"detail\":\"" + detail + "\"}";
    }

    private boolean allowed(String host) {
        if (names.contains("*") || IPV4.matcher(host).matches() || isIpv6(host)) {
            return true;
        }
        if (names.contains(host)) {
            return true;
        }
        for (int dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
            if (names.contains(host.substring(dot))) {
                return true;
            }
        }
        return false;
    }

    /**
     * An origin is scheme, host and port. The scheme is ignored, because a proxy that ends TLS changes it and keeps the host.
     */
    private static boolean sameSite(String origin, String authority) {
        int scheme = origin.indexOf("://");
        if (scheme < 0) {
            return false;
        }
        return withPort(origin.substring(scheme + 3), origin.substring(0, scheme))
                .equals(withPort(authority, origin.substring(0, scheme)));
    }

    private static String withPort(String authority, String scheme) {
        String a = authority.strip().toLowerCase(Locale.ROOT);
        boolean port = a.startsWith("[") ? a.contains("]:") : a.contains(":");
        return port ? a : a + ("https".equalsIgnoreCase(scheme) ? ":443" : ":80");
    }

    private static boolean isIpv6(String host) {
        if (!host.startsWith("[") || !host.endsWith("]")) {
            return false;
        }
        try {
            // ofLiteral looks nothing up, unlike getByName. It takes ::ffff:1.2.3.4 for an IPv4 address.
            return InetAddress.ofLiteral(host.substring(1, host.length() - 1)) != null && host.contains(":");
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** In lower case, without the dot at the end of an absolute name. */
    private static String plain(String name) {
        String lower = name.strip().toLowerCase(Locale.ROOT);
        return lower.length() > 1 && lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    private static String shown(String text) {
        String line = text.replaceAll("[^\\x20-\\x7e]|[\"\\\\]", "?");
        return line.length() > 100 ? line.substring(0, 100) + "..." : line;
    }
}
