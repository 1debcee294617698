package io.framequota.cli.download;

import io.framequota.cli.terminal.Terminal;
import io.framequota.common.failure.Failure;
import io.framequota.local.files.Folders;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Downloads a file over HTTP. A file whose SHA-256 is known continues where an earlier download broke off, and counts only when the
 * digest matches. Another file begins anew each time, because nothing would show that the two parts belong together.
 */
public final class ModelDownload {
    /** More than any model of these families has. */
    private static final long MOST_BYTES = 4L << 30;

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private final Terminal terminal;
    private final Path folder;
    private final Duration silence;

    /** @param folder for files that are being downloaded */
    public ModelDownload(Terminal terminal, Path folder) {
        this(terminal, folder, Duration.ofSeconds(30));
    }

    /** @param silence how long a server may send nothing */
    ModelDownload(Terminal terminal, Path folder, Duration silence) {
        this.terminal = terminal;
        this.folder = folder;
        this.silence = silence;
    }

    /**
     * A file to download.
     *
     * @param name of the model, for messages
     * @param bytes size, 0 when unknown
     * @param sha256 in lower-case hexadecimal digits, null when unknown
     */
    public record Wanted(
            String name, URI uri, long bytes, @Nullable String sha256) {
        private String file() {
            String path = String.valueOf(uri.getPath());
            String last = path.substring(path.lastIndexOf('/') + 1);
            return last.matches("[A-Za-z0-9_.-]{1,100}") && !last.startsWith(".") ? last : "model.onnx";
        }
    }

    /**
     * A downloaded file.
     *
     * @param folder has the file only; the receiver deletes it
     */
    public record Downloaded(Path file, Path folder) {}

    /**
     * Parses the URL of a file.
     *
     * @param given for the message: what the user gave
     */
    public static URI address(String text, String given) {
        try {
            URI uri = URI.create(text);
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // It is told below.
        }
        throw Failure.use(given + ": give a URL that begins with http:// or https:// and a host");
    }

    /**
     * Downloads a file into a folder of its own below the folder of downloads.
     *
     * @throws Failure it cannot be had, or it is another file than the one wanted
     */
    public Downloaded fetch(Wanted wanted) throws IOException, InterruptedException {
        String key = wanted.sha256();
        Files.createDirectories(folder);
        Path own = key == null ? Files.createTempDirectory(folder, "file-") : folder.resolve(key);
        Files.createDirectories(own);
        boolean whole = false;
        try {
            Path file = fetch(wanted, own, key);
            whole = true;
            return new Downloaded(file, own);
        } finally {
            if (!whole && key == null) {
                Folders.delete(own);
            }
        }
    }

    private Path fetch(Wanted wanted, Path own, @Nullable String key) throws IOException, InterruptedException {
        Path part = own.resolve(wanted.file() + ".part");
        try {
            transfer(wanted, part);
        } catch (ConnectException | HttpConnectTimeoutException e) {
            throw Failure.work("cannot reach " + wanted.uri().getHost() + " to download " + wanted.name()
                    + ": check the connection, or download " + wanted.uri()
                    + " on another machine and type fq model add FILE --name " + wanted.name() + ", or set "
                    + DownloadableModel.MIRROR + " to the URL of a folder with that file");
        } catch (IOException e) {
            long done = Files.exists(part) ? Files.size(part) : 0;
            throw Failure.work("the download of " + wanted.name() + " broke off after " + done + " bytes: "
                    + (key == null ? "try again" : "type the same command again to continue it"));
        }
        String digest = digest(part);
        if (key != null && !digest.equals(key)) {
            Folders.delete(own);
            throw Failure.work(wanted.uri() + " is not the file that is wanted for " + wanted.name()
                    + ": its SHA-256 is " + digest + ", not " + key + "; nothing was added");
        }
        if (key == null) {
            terminal.say("the SHA-256 of " + wanted.uri() + " is " + digest);
        }
        Path file = own.resolve(wanted.file());
        Files.move(part, file);
        return file;
    }

    private void transfer(Wanted wanted, Path part) throws IOException, InterruptedException {
        long have = Files.exists(part) ? Files.size(part) : 0;
        if (wanted.bytes() > 0 && have >= wanted.bytes()) {
            return;
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(wanted.uri())
                .timeout(silence.plus(CONNECT))
                .header("User-Agent", "framequota");
        if (have > 0) {
            request.header("Range", "bytes=" + have + "-");
        }
        try (HttpClient client = HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build()) {
            HttpResponse<InputStream> response =
                    client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                // A server that ignores ranges sends the whole file again.
                boolean rest = response.statusCode() == 206
                        && response.headers()
                                .firstValue("Content-Range")
                                .orElse("")
                                .startsWith("bytes " + have + "-");
                if (response.statusCode() == 416) {
                    Files.delete(part);
                    throw new IOException("the server has less than the part that is here");
                }
                if (!rest && response.statusCode() != 200) {
                    throw Failure.work(wanted.uri() + " answered " + response.statusCode()
                            + ": check the address; nothing was added");
                }
                long size =
                        response.headers().firstValueAsLong("Content-Length").orElse(0);
                copy(wanted, body, part, rest ? have : 0, size == 0 ? wanted.bytes() : size + (rest ? have : 0));
            } finally {
                client.shutdownNow();
            }
        }
    }

    /** Copies the body, and closes it when nothing comes for too long. */
    private void copy(Wanted wanted, InputStream body, Path part, long have, long size) throws IOException {
        long most = wanted.bytes() > 0 ? wanted.bytes() : MOST_BYTES;
        AtomicLong last = new AtomicLong(System.nanoTime());
        try (ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().factory());
                OutputStream out = Files.newOutputStream(
                        part,
                        StandardOpenOption.CREATE,
                        have > 0 ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            Runnable check = () -> {
                if (System.nanoTime() - last.get() > silence.toNanos()) {
                    try {
                        body.close();
                    } catch (IOException e) {
                        // The reader notices.
                    }
                }
            };
            clock.scheduleWithFixedDelay(check, 100, 100, TimeUnit.MILLISECONDS);
            try {
                byte[] bytes = new byte[1 << 16];
                long done = have;
                for (int n = body.read(bytes); n >= 0; n = body.read(bytes)) {
                    out.write(bytes, 0, n);
                    done += n;
                    last.set(System.nanoTime());
                    if (done > most) {
                        throw Failure.work(wanted.uri() + " has more than " + most + " bytes, so it is not "
                                + wanted.name() + "; nothing was added");
                    }
                    show(wanted, done, size);
                }
                if (done < size) {
                    throw new IOException("the server sent less than it announced");
                }
            } finally {
                clock.shutdownNow();
            }
        }
    }

    private void show(Wanted wanted, long done, long size) {
        if (terminal.interactive()) {
            terminal.progress(String.format(
                    Locale.ROOT, "%s: %.1f of %s MB", wanted.name(), done / 1e6, size == 0 ? "?" : megabytes(size)));
        }
    }

    /** A number of bytes in megabytes, with one decimal. */
    public static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f", bytes / 1e6);
    }

    /** The SHA-256 of a file in lower-case hexadecimal digits. */
    public static String digest(Path file) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = new byte[1 << 16];
            for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
                digest.update(bytes, 0, n);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
