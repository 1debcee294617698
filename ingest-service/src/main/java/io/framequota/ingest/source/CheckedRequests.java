package io.framequota.ingest.source;

import io.framequota.common.failure.MessageSanitizer;
import io.framequota.media.decode.SourceException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Requests web addresses that clients name, of hosts that may be read. Sends user and password of an address as Basic credentials
 * (RFC 7617) to the host of that address only.
 */
final class CheckedRequests {
    private static final long POLL_MS = 200;
    private static final int REDIRECTS = 5;
    /** Most characters of an invalid address in an error message. */
    private static final int MAX_SHOWN = 200;

    /**
     * The answer to a request.
     *
     * @param at address after redirects, with its user and password
     */
    record Answer(URI at, HttpResponse<InputStream> response) {}

    private final InternalAddressCheck internal;

    CheckedRequests(InternalAddressCheck internal) {
        this.internal = internal;
    }

    /**
     * Waits for the answer of an address, or of that to which it redirects. Redirects are not followed by the client, because the target
     * of each is checked.
     *
     * @param client which follows no redirects
     * @param limit for all headers together
     * @param stopped asked often; once true, this ends with an InterruptedException
     * @return the answer, whatever its status is; its body is closed by the caller
     */
    Answer get(HttpClient client, URI from, Duration limit, BooleanSupplier stopped)
            throws IOException, SourceException, InterruptedException {
        if (from.getHost() == null
                || !"http".equalsIgnoreCase(from.getScheme()) && !"https".equalsIgnoreCase(from.getScheme())) {
            throw new SourceException(
                    from + " is neither an http nor an https address, and nothing else is read from here");
        }
        long began = System.nanoTime();
        URI at = from;
        String credentials = credentials(from);
        for (int i = 0; i <= REDIRECTS; i++) {
            internal.check(at);
            HttpResponse<InputStream> answer = answer(client, at, credentials, limit, stopped, began);
            String next = answer.headers().firstValue("Location").orElse("");
            if (answer.statusCode() / 100 != 3 || next.isEmpty()) {
                return new Answer(at, answer);
            }
            answer.body().close();
            URI to = redirected(from, at, next);
            credentials = to.getRawUserInfo() != null ? credentials(to) : sameOrigin(at, to) ? credentials : null;
            at = to;
        }
        throw new SourceException(from + " was redirected more than " + REDIRECTS + " times; submit the final address");
    }

    private static URI redirected(URI first, URI from, String location) throws SourceException {
        try {
            URI to = from.resolve(location);
            boolean web = "http".equals(to.getScheme()) && "http".equals(from.getScheme());
            if (to.getHost() != null && (web || "https".equals(to.getScheme()))) {
                return to;
            }
        } catch (IllegalArgumentException e) {
            // Reported below.
        }
        String masked = MessageSanitizer.maskSecrets(location);
        String shown = masked.length() > MAX_SHOWN ? masked.substring(0, MAX_SHOWN) + "..." : masked;
        throw new SourceException(first + " redirects to " + shown
                + ", which is not a valid address; submit the address of the file itself");
    }

    private static @Nullable String credentials(URI address) {
        String userInfo = address.getRawUserInfo();
        if (userInfo == null) {
            return null;
        }
        // A plus means a blank in a query only.
        String plain = URLDecoder.decode(userInfo.replace("+", "%2B"), StandardCharsets.UTF_8);
        String pair = plain.indexOf(':') < 0 ? plain + ":" : plain;
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean sameOrigin(URI one, URI other) {
        return Objects.equals(one.getScheme(), other.getScheme())
                && one.getHost().equalsIgnoreCase(other.getHost())
                && one.getPort() == other.getPort();
    }

    private static URI withoutUserInfo(URI address) {
        String userInfo = address.getRawUserInfo();
        String text = address.toString();
        int fragment = text.indexOf('#');
        String plain = fragment < 0 ? text : text.substring(0, fragment);
        return URI.create(userInfo == null ? plain : plain.replaceFirst(Pattern.quote(userInfo) + "@", ""));
    }

    private HttpResponse<InputStream> answer(
            HttpClient client,
            URI at,
            @Nullable String credentials,
            Duration limit,
            BooleanSupplier stopped,
            long began)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(withoutUserInfo(at));
        if (credentials != null) {
            request.setHeader("Authorization", credentials);
        }
        CompletableFuture<HttpResponse<InputStream>> answer =
                client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        while (true) {
            try {
                return answer.get(POLL_MS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                throwIfStopped(stopped);
                if (System.nanoTime() - began > limit.toNanos()) {
                    answer.cancel(true);
                    throw new IOException("the server sent no complete answer within " + limit.toSeconds() + " s", e);
                }
            } catch (ExecutionException e) {
                throw e.getCause() instanceof IOException io ? io : new IOException(e);
            }
        }
    }

    static void throwIfStopped(BooleanSupplier stopped) throws InterruptedException {
        if (stopped.getAsBoolean()) {
            throw new InterruptedException("stopped while fetching");
        }
    }
}
