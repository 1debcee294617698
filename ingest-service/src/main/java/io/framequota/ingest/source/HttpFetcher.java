package io.framequota.ingest.source;

import io.framequota.ingest.config.Threads;
import io.framequota.ingest.decode.SourceException;
import io.framequota.ingest.failure.MessageSanitizer;
import io.framequota.ingest.store.files.StorageSpace;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Base64;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Fetches a file over HTTP and streams it to the disk. Gives up when the server exceeds the {@link Limits} in bytes or time. Sends user
 * and password of an address as Basic credentials (RFC 7617) to the host of that address only.
 */
final class HttpFetcher {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final long POLL_MS = 200;
    private static final int BUFFER = 1 << 16;
    private static final int REDIRECTS = 5;
    /** Most characters of an invalid address in an error message. */
    private static final int MAX_SHOWN = 200;

    /**
     * Bounds of one file.
     *
     * @param bytes most bytes
     * @param window time within which headers must arrive, redirects included, and over which the rate is measured
     * @param minBytesPerSecond lowest rate in every window
     * @param total most time from the first request to the last byte
     */
    record Limits(long bytes, Duration window, long minBytesPerSecond, Duration total) {}

    private final Limits limits;
    private final InternalAddressCheck internal;
    private final StorageSpace room;

    HttpFetcher(Limits limits, InternalAddressCheck internal, StorageSpace room) {
        this.limits = limits;
        this.internal = internal;
        this.room = room;
    }

    /**
     * Fetches to a file, which exists only once it is complete.
     *
     * @param stopped asked often; once true, this ends with an InterruptedException
     */
    void fetch(URI from, Path to, BooleanSupplier stopped) throws SourceException, InterruptedException {
        Path unfinished = to.resolveSibling(to.getFileName() + ".part");
        long began = System.nanoTime();
        try (HttpClient client = HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build()) {
            try {
                Files.createDirectories(to.getParent());
                HttpResponse<InputStream> answer = request(client, from, stopped, began);
                if (answer.statusCode() != 200) {
                    answer.body().close();
                    throw new SourceException(
                            from + " answered " + answer.statusCode() + "; check the address and its access rights");
                }
                copy(from, answer.body(), unfinished, stopped, began);
                Files.move(unfinished, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                client.shutdownNow();
                Files.deleteIfExists(unfinished);
            }
        } catch (IOException e) {
            throw new SourceException(
                    from + " cannot be fetched: " + MessageSanitizer.describe(e)
                            + "; check the address, or upload the file",
                    e);
        }
    }

    /** Follows redirects here instead of in the client, because the target of each is checked. */
    private HttpResponse<InputStream> request(HttpClient client, URI from, BooleanSupplier stopped, long began)
            throws IOException, SourceException, InterruptedException {
        URI at = from;
        String credentials = credentials(from);
        for (int i = 0; i <= REDIRECTS; i++) {
            internal.check(at);
            HttpResponse<InputStream> answer = answer(client, at, credentials, stopped, began);
            String next = answer.headers().firstValue("Location").orElse("");
            if (answer.statusCode() / 100 != 3 || next.isEmpty()) {
                return answer;
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
            HttpClient client, URI at, @Nullable String credentials, BooleanSupplier stopped, long began)
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
                if (System.nanoTime() - began > limits.window().toNanos()) {
                    answer.cancel(true);
                    throw new IOException(
                            "the server sent no complete answer within " + seconds(limits.window()) + " s", e);
                }
            } catch (ExecutionException e) {
                throw e.getCause() instanceof IOException io ? io : new IOException(e);
            }
        }
    }

    private void copy(URI from, InputStream body, Path to, BooleanSupplier stopped, long began)
            throws IOException, SourceException, InterruptedException {
        AtomicLong total = new AtomicLong();
        AtomicReference<@Nullable String> givenUp = new AtomicReference<>();
        // Reading has no timeout; it ends when another thread closes the stream.
        Thread watch = Threads.virtual("fetch-watch", () -> watch(body, total, stopped, began, givenUp));
        watch.start();
        try (body;
                OutputStream out = Files.newOutputStream(to)) {
            byte[] buffer = new byte[BUFFER];
            int read;
            while ((read = body.read(buffer)) >= 0) {
                if (total.addAndGet(read) > limits.bytes()) {
                    throw new SourceException(from + " is larger than " + limits.bytes()
                            + " bytes; use a smaller file or raise FRAMEQUOTA_FETCH_MAX_BYTES");
                }
                if (!room.fits(read)) {
                    throw new SourceException(
                            from + " does not fit: the server's storage is full; free some space, then"
                                    + " redrive the job");
                }
                out.write(buffer, 0, read);
            }
            // A stream that another thread has closed may end as if it were complete.
            String why = givenUp.get();
            throwIfStopped(stopped);
            if (why != null) {
                throw new IOException(why);
            }
        } catch (IOException e) {
            throwIfStopped(stopped);
            String why = givenUp.get();
            throw why == null ? e : new IOException(why, e);
        } finally {
            watch.interrupt();
        }
    }

    private void watch(
            InputStream body,
            AtomicLong total,
            BooleanSupplier stopped,
            long began,
            AtomicReference<@Nullable String> givenUp) {
        try {
            long windowBegan = System.nanoTime();
            long before = 0;
            while (!stopped.getAsBoolean() && givenUp.get() == null) {
                Thread.sleep(POLL_MS);
                long now = System.nanoTime();
                if (now - began > limits.total().toNanos()) {
                    givenUp.set("the file was not complete within " + seconds(limits.total()) + " s");
                } else if (now - windowBegan > limits.window().toNanos()) {
                    long arrived = total.get() - before;
                    if (arrived < limits.minBytesPerSecond() * seconds(limits.window())) {
                        givenUp.set("only " + arrived + " bytes arrived within " + seconds(limits.window()) + " s");
                    }
                    before += arrived;
                    windowBegan = now;
                }
            }
            body.close();
        } catch (InterruptedException | IOException e) {
            // Reading has ended or ends now.
        }
    }

    private static long seconds(Duration time) {
        return Math.max(1, time.toSeconds());
    }

    private static void throwIfStopped(BooleanSupplier stopped) throws InterruptedException {
        if (stopped.getAsBoolean()) {
            throw new InterruptedException("stopped while fetching");
        }
    }
}
