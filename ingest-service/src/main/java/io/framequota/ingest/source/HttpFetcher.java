package io.framequota.ingest.source;

import io.framequota.common.failure.MessageSanitizer;
import io.framequota.ingest.config.Threads;
import io.framequota.ingest.store.files.StorageSpace;
import io.framequota.media.decode.SourceException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Fetches a file over HTTP and streams it to the disk. Gives up when the server exceeds the {@link Limits} in bytes or time.
 */
final class HttpFetcher {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final long POLL_MS = 200;
    private static final int BUFFER = 1 << 16;

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
    private final CheckedRequests requests;
    private final StorageSpace room;

    HttpFetcher(Limits limits, InternalAddressCheck internal, StorageSpace room) {
        this.limits = limits;
        requests = new CheckedRequests(internal);
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
                HttpResponse<InputStream> answer =
                        requests.get(client, from, limits.window(), stopped).response();
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
            CheckedRequests.throwIfStopped(stopped);
            if (why != null) {
                throw new IOException(why);
            }
        } catch (IOException e) {
            CheckedRequests.throwIfStopped(stopped);
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
}
