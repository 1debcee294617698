package io.framequota.ingest.source;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** Fetches a file over HTTP, streamed to the disk: bounded in bytes, given up when nothing comes for a while. */
final class Fetcher {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration SILENCE = Duration.ofSeconds(30);
    private static final long ASK_MS = 200;
    private static final int BUFFER = 1 << 16;
    private static final int REDIRECTS = 5;

    private final long maxBytes;
    private final InternalAddresses internal;

    Fetcher(long maxBytes, InternalAddresses internal) {
        this.maxBytes = maxBytes;
        this.internal = internal;
    }

    /** Fetches to a file that is complete when it is there. */
    void fetch(URI from, Path to, BooleanSupplier stopped) throws SourceException, InterruptedException {
        Path unfinished = to.resolveSibling(to.getFileName() + ".part");
        try (HttpClient client = HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build()) {
            try {
                Files.createDirectories(to.getParent());
                HttpResponse<InputStream> answer = followed(client, from, stopped);
                if (answer.statusCode() != 200) {
                    answer.body().close();
                    throw new SourceException(
                            from + " answered " + answer.statusCode() + "; check the address and who may read it");
                }
                copy(from, answer.body(), unfinished, stopped);
                Files.move(unfinished, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                client.shutdownNow();
                Files.deleteIfExists(unfinished);
            }
        } catch (IOException e) {
            throw new SourceException(
                    from + " cannot be fetched: " + words(e) + "; check the address, or upload the file", e);
        }
    }

    /** Follows redirects itself, because each of them is checked. */
    private HttpResponse<InputStream> followed(HttpClient client, URI from, BooleanSupplier stopped)
            throws IOException, SourceException, InterruptedException {
        URI at = from;
        for (int i = 0; i <= REDIRECTS; i++) {
            internal.check(at);
            HttpResponse<InputStream> answer = answer(client, at, stopped);
            String next = answer.headers().firstValue("Location").orElse("");
            if (answer.statusCode() / 100 != 3 || next.isEmpty()) {
                return answer;
            }
            answer.body().close();
            at = redirected(at, next);
        }
        throw new SourceException(from + " was redirected more than " + REDIRECTS + " times; name the last address");
    }

    private static URI redirected(URI from, String location) throws SourceException {
        try {
            URI to = from.resolve(location);
            boolean web = "http".equals(to.getScheme()) && "http".equals(from.getScheme());
            if (to.getHost() != null && (web || "https".equals(to.getScheme()))) {
                return to;
            }
        } catch (IllegalArgumentException e) {
            // Said below, in our words.
        }
        throw new SourceException(
                from + " redirects to " + location + ", which is no address to follow; name the file's own address");
    }

    private static HttpResponse<InputStream> answer(HttpClient client, URI from, BooleanSupplier stopped)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(from).timeout(SILENCE).build();
        CompletableFuture<HttpResponse<InputStream>> answer =
                client.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream());
        while (true) {
            try {
                return answer.get(ASK_MS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                orStop(stopped, from);
            } catch (ExecutionException e) {
                throw e.getCause() instanceof IOException io ? io : new IOException(words(e), e);
            }
        }
    }

    private void copy(URI from, InputStream body, Path to, BooleanSupplier stopped)
            throws IOException, SourceException, InterruptedException {
        AtomicLong lastByte = new AtomicLong(System.nanoTime());
        // Reading cannot be timed; closing the stream from beside ends it.
        Thread watch = Thread.ofVirtual().name("fetch-watch").start(() -> watch(body, lastByte, stopped));
        try (body;
                OutputStream out = Files.newOutputStream(to)) {
            byte[] buffer = new byte[BUFFER];
            long total = 0;
            int read;
            while ((read = body.read(buffer)) >= 0) {
                lastByte.set(System.nanoTime());
                total += read;
                if (total > maxBytes) {
                    throw new SourceException(from + " is larger than " + maxBytes
                            + " bytes; use a smaller file or raise FRAMEQUOTA_FETCH_MAX_BYTES");
                }
                out.write(buffer, 0, read);
            }
        } catch (IOException e) {
            orStop(stopped, from);
            if (System.nanoTime() - lastByte.get() > SILENCE.toNanos()) {
                throw new IOException("nothing came for " + SILENCE.toSeconds() + " s", e);
            }
            throw e;
        } finally {
            watch.interrupt();
        }
    }

    private static void watch(InputStream body, AtomicLong lastByte, BooleanSupplier stopped) {
        try {
            while (!stopped.getAsBoolean() && System.nanoTime() - lastByte.get() <= SILENCE.toNanos()) {
                Thread.sleep(ASK_MS);
            }
            body.close();
        } catch (InterruptedException | IOException e) {
            // Reading has ended, or ends now.
        }
    }

    private static void orStop(BooleanSupplier stopped, URI from) throws InterruptedException {
        if (stopped.getAsBoolean()) {
            throw new InterruptedException("stopped while fetching " + from);
        }
    }

    private static String words(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank()
                ? failure.getClass().getSimpleName()
                : message.lines().findFirst().orElse("");
    }
}
