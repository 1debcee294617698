package io.framequota.ingest.source;

import io.framequota.common.failure.MessageSanitizer;
import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.source.sample.SampleVideo;
import io.framequota.ingest.store.files.StorageSpace;
import io.framequota.media.decode.SourceException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** Keeps sources in the storage folder: the sample in {@code samples}, fetched sources in {@code fetched}; uploads are there already. */
@ApplicationScoped
public class FileSourceStore implements SourceStore {
    private static final Logger LOG = Logger.getLogger(FileSourceStore.class);
    private static final String UPLOAD = "upload:";
    private static final String WALKERS = "sample:walkers";

    private final Path storage;
    private final SampleVideo sample;
    private final HttpFetcher fetcher;

    @Inject
    FileSourceStore(IngestConfig config, SampleVideo sample, StorageSpace room) {
        this(
                config.storage(),
                new HttpFetcher(
                        new HttpFetcher.Limits(
                                config.fetchMaxBytes(),
                                config.fetchWindow(),
                                config.fetchLeastRate(),
                                config.fetchTimeout()),
                        new InternalAddressCheck(config.fetchInternal()),
                        room),
                sample);
    }

    FileSourceStore(Path storage, HttpFetcher fetcher, SampleVideo sample) {
        this.storage = storage.toAbsolutePath().normalize();
        this.sample = sample;
        this.fetcher = fetcher;
    }

    @Override
    public void check(String source) throws SourceException {
        if (source.startsWith(UPLOAD)) {
            upload(source);
        } else if (source.startsWith("sample:")) {
            if (!source.equals(WALKERS)) {
                throw new SourceException("there is no sample " + source + "; the only sample is " + WALKERS);
            }
        } else {
            address(source);
        }
    }

    @Override
    public Path resolve(String source, String job, BooleanSupplier stopped)
            throws SourceException, InterruptedException {
        if (source.startsWith(UPLOAD)) {
            return upload(source);
        }
        if (!remote(source)) {
            check(source);
            return walkers();
        }
        Path kept = fetched(job).resolve("source");
        if (!Files.exists(kept)) {
            throw new SourceException("the file fetched from " + source + " is no longer kept; submit it again");
        }
        return kept;
    }

    @Override
    public boolean remote(String source) {
        return !source.startsWith(UPLOAD) && !source.startsWith("sample:");
    }

    @Override
    public void fetch(String address, String job, BooleanSupplier stopped)
            throws SourceException, InterruptedException {
        Path kept = fetched(job).resolve("source");
        if (!Files.exists(kept)) {
            fetcher.fetch(address(address), kept, stopped);
        }
    }

    @Override
    public String share(String source, String owner, String job) throws IOException {
        if (!source.startsWith(UPLOAD)) {
            if (remote(source)) {
                link(fetched(owner).resolve("source"), fetched(job).resolve("source"));
            }
            return source;
        }
        Path file = storage.resolve(source.substring(UPLOAD.length())).normalize();
        Path folder = storage.resolve("uploads");
        if (!file.startsWith(folder.resolve(owner))) {
            throw new NoSuchFileException(source);
        }
        Path shared = folder.resolve(job).resolve(file.getFileName());
        link(file, shared);
        return UPLOAD + storage.relativize(shared);
    }

    private static void link(Path file, Path other) throws IOException {
        if (!Files.exists(file)) {
            throw new NoSuchFileException(file.toString());
        }
        Files.createDirectories(other.getParent());
        try {
            Files.createLink(other, file);
        } catch (UnsupportedOperationException e) {
            throw new IOException("the server's storage cannot share a file", e);
        }
    }

    private Path walkers() throws SourceException {
        try {
            return sample.walkers(storage.resolve("samples"));
        } catch (IOException e) {
            throw new SourceException(
                    WALKERS + " cannot be written to the server's storage: " + MessageSanitizer.describe(e)
                            + "; free some space there",
                    e);
        }
    }

    private Path upload(String source) throws SourceException {
        try {
            Path file = storage.resolve(source.substring(UPLOAD.length())).normalize();
            if (file.startsWith(storage) && !file.equals(storage)) {
                return file;
            }
        } catch (InvalidPathException e) {
            // Reported below.
        }
        throw new SourceException(source + " is not an upload in the storage folder; upload the file again");
    }

    private static URI address(String source) throws SourceException {
        try {
            URI uri = URI.create(source.strip());
            String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            if ((scheme.equals("http") || scheme.equals("https")) && uri.getHost() != null) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // Reported below.
        }
        throw new SourceException("the source " + source + " is neither an http(s) address nor " + WALKERS
                + "; upload a file or name one of these");
    }

    @Override
    public List<String> ids() {
        Path all = storage.resolve("fetched");
        if (!Files.isDirectory(all)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(all)) {
            return folders.map(p -> p.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void discard(String job) {
        Path folder = fetched(job);
        try {
            Files.deleteIfExists(folder.resolve("source"));
            // Left by a process that was killed while it fetched.
            Files.deleteIfExists(folder.resolve("source.part"));
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            LOG.warnf("%s cannot be removed: %s", folder, e.getMessage());
        }
    }

    private Path fetched(String job) {
        Path all = storage.resolve("fetched");
        Path folder = all.resolve(job).normalize();
        if (!all.equals(folder.getParent())) {
            throw new IllegalArgumentException("not a job id: " + job);
        }
        return folder;
    }
}
