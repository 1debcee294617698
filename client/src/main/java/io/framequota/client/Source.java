package io.framequota.client;

import io.framequota.common.failure.Failure;
import io.framequota.common.text.FileNames;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/** A source of frames, checked as far as the client can. */
public sealed interface Source {
    /** The names of standard input among paths. */
    Set<Path> STANDARD_INPUT = Set.of(Path.of("/dev/stdin"), Path.of("/dev/fd/0"), Path.of("/proc/self/fd/0"));

    /** As the user wrote it. */
    String text();

    /** A short name, usable as part of a file name. */
    String name();

    /** A file, pipe or device of this machine, or standard input; it is uploaded. */
    record LocalFile(String text, Path path) implements Source {
        /** The last element of the path. */
        String fileName() {
            return FileNames.text(Objects.requireNonNull(path.getFileName()));
        }

        @Override
        public String name() {
            String file = fileName();
            int dot = file.lastIndexOf('.');
            return dot > 0 ? file.substring(0, dot) : file;
        }
    }

    /** A folder of pictures of this machine; it is uploaded as an archive. */
    record LocalFolder(String text, Path path) implements Source {
        @Override
        public String name() {
            Path name = path.toAbsolutePath().normalize().getFileName();
            return name == null ? "pictures" : FileNames.text(name);
        }
    }

    /** A sample, or a URL that the server fetches. */
    record Remote(String text) implements Source {
        private static final Duration PATIENCE = Duration.ofSeconds(10);

        /**
         * Asks the address, from this machine, whether there is something. An address that does not answer such a question passes.
         *
         * @throws Failure wrong use: nobody answers there, or there is nothing
         */
        public void checkReachable() throws InterruptedException {
            if (SAMPLES.contains(text)) {
                return;
            }
            try (HttpClient http = HttpClient.newBuilder()
                    .connectTimeout(PATIENCE)
                    .followRedirects(HttpClient.Redirect.NORMAL)
                    .build()) {
                int status = http.send(
                                HttpRequest.newBuilder(URI.create(text))
                                        .method("HEAD", HttpRequest.BodyPublishers.noBody())
                                        .timeout(PATIENCE)
                                        .build(),
                                HttpResponse.BodyHandlers.discarding())
                        .statusCode();
                if (status == 404 || status == 410) {
                    throw Failure.use("there is nothing at " + text + " (the server answers " + status
                            + "): correct the address");
                }
            } catch (HttpConnectTimeoutException e) {
                throw Failure.use("nobody answers at " + text + " within " + PATIENCE.toSeconds()
                        + " s: correct the address, or try again later");
            } catch (ConnectException e) {
                throw Failure.use("nobody answers at " + text + ": correct the address, or try again later");
            } catch (IOException e) {
                // The server may answer a download and not this question.
            }
        }

        @Override
        public String name() {
            String path = text.substring(text.indexOf(':') + 1)
                    .replaceAll("[?#].*$", "")
                    .replaceAll("/+$", "");
            String last = path.substring(path.lastIndexOf('/') + 1);
            int dot = last.lastIndexOf('.');
            String name = (dot > 0 ? last.substring(0, dot) : last).replaceAll("[^A-Za-z0-9._-]", "_");
            return name.isEmpty() ? "source" : name;
        }
    }

    /** The device that has no byte. */
    Path NOTHING = Path.of("/dev/null");

    /** The built-in samples. */
    Set<String> SAMPLES = Set.of("sample:walkers");

    /**
     * Parses the sources of a command.
     *
     * @param resolve resolves a path of the user's
     * @throws Failure wrong use: one of them cannot be a source
     */
    static List<Source> parse(List<String> texts, Function<String, Path> resolve) {
        List<Source> sources = texts.stream()
                .flatMap(t -> FilePattern.expand(t, resolve).stream())
                .map(t -> parse(t, resolve))
                .toList();
        long fromStandardInput = sources.stream()
                .filter(s -> s instanceof LocalFile file && STANDARD_INPUT.contains(file.path()))
                .count();
        if (fromStandardInput > 1) {
            throw Failure.use("standard input is given as a source more than once: it can be read only once");
        }
        return sources;
    }

    /**
     * Parses one source.
     *
     * @param resolve resolves a path of the user's
     * @throws Failure wrong use: it cannot be a source
     */
    static Source parse(String text, Function<String, Path> resolve) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.startsWith("sample:")) {
            if (!SAMPLES.contains(text)) {
                throw Failure.use("there is no " + text + ": known samples are " + String.join(", ", SAMPLES));
            }
            return new Remote(text);
        }
        if (lower.matches("[a-z][a-z0-9+.-]*://.*")) {
            return url(text, lower);
        }
        Path path = resolve.apply(text);
        if (!Files.exists(path)) {
            throw Failure.use("there is no file " + text
                    + ": give a video file, a folder or zip of pictures, an http(s) URL" + " or sample:walkers");
        }
        if (Files.isDirectory(path)) {
            PictureFolder.check(text, path);
            return new LocalFolder(text, path);
        }
        if (!STANDARD_INPUT.contains(path) && !Files.isReadable(path)) {
            throw Failure.use(text + " cannot be read: no permission");
        }
        if (isEmpty(path)) {
            throw Failure.use((STANDARD_INPUT.contains(path) ? "standard input" : text) + " is empty: give a video");
        }
        return new LocalFile(text, path);
    }

    private static boolean isEmpty(Path path) {
        try {
            return Files.isRegularFile(path)
                    ? Files.size(path) == 0
                    : path.toRealPath().equals(NOTHING);
        } catch (IOException e) {
            return false;
        }
    }

    private static Source url(String text, String lower) {
        try {
            URI uri = new URI(text);
            if (lower.matches("https?://.*") && uri.getHost() != null) {
                return new Remote(text);
            }
        } catch (URISyntaxException e) {
            throw Failure.use("not a URL: " + text + ": " + e.getReason());
        }
        throw Failure.use("cannot read from " + text + ": give a video file, an http(s) URL or sample:walkers");
    }
}
