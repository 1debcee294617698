package io.framequota.ingest.store.files;

import io.framequota.common.failure.MessageSanitizer;
import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.failure.RejectedRequestException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Uploaded sources in the storage folder, {@code uploads/JOB/FILE}. Bytes go from the network to the disk without being held in
 * memory.
 */
@Singleton
public final class Uploads {
    private static final Logger LOG = Logger.getLogger(Uploads.class);
    private static final String FOLDER = "uploads";
    private static final int BUFFER = 128 * 1024;

    private final Path storage;
    private final StorageSpace space;

    @Inject
    Uploads(IngestConfig config, StorageSpace space) {
        this(config.storage().toAbsolutePath(), space);
    }

    Uploads(Path storage, StorageSpace space) {
        this.storage = storage;
        this.space = space;
    }

    /** The file that one upload is written to. */
    public final class Target {
        private final String id;
        private final Path file;
        private final boolean stored;
        private byte[] digest = {};
        private long bytes;

        private Target(String id, String name, boolean stored) {
            this.id = id;
            this.file = folder(id).resolve(name);
            this.stored = stored;
        }

        /** The id of the job that the upload may become. */
        public String id() {
            return id;
        }

        /** The source as {@code SourceStore} names it. */
        public String source() {
            return "upload:" + storage.relativize(file);
        }

        /** The number of the file's bytes, once the upload is complete. */
        public long bytes() {
            return bytes;
        }

        /** SHA-256 of the file's bytes, once the upload is complete. */
        public byte[] digest() {
            return digest.clone();
        }

        /**
         * Writes the file from a stream, which is not closed. When this throws, the file was deleted.
         *
         * @throws RejectedRequestException when the disk is full
         * @throws IOException when the stream breaks off
         */
        public void fill(InputStream in) throws IOException {
            Writer writer = open();
            try {
                byte[] buffer = new byte[BUFFER];
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    writer.write(buffer, n);
                }
                writer.finish();
            } catch (IOException | RuntimeException e) {
                writer.abort();
                throw e;
            }
        }

        /**
         * Opens the file for writing.
         *
         * @throws RejectedRequestException when it cannot be created
         */
        public Writer open() {
            if (!stored) {
                return new Writer(this, OutputStream.nullOutputStream());
            }
            try {
                Files.createDirectories(folder(id));
                return new Writer(this, Files.newOutputStream(file));
            } catch (IOException e) {
                delete();
                throw full(e);
            }
        }

        private RejectedRequestException full(@Nullable IOException cause) {
            return RejectedRequestException.storageFull(
                    "the upload " + file.getFileName() + " does not fit: the server's storage is full"
                            + (cause == null ? "" : " (" + MessageSanitizer.describe(cause) + ")")
                            + "; free some space or submit a smaller file");
        }

        /** Deletes the file, if it exists. */
        public void delete() {
            Uploads.this.delete(id);
        }
    }

    /** Writes one upload, and is finished or aborted at the end. For one thread at a time. */
    public final class Writer {
        private final Target target;
        private final OutputStream out;
        private final MessageDigest digest = sha256();
        private long bytes;

        private Writer(Target target, OutputStream out) {
            this.target = target;
            this.out = out;
        }

        /**
         * Appends bytes.
         *
         * @throws RejectedRequestException when they would take space that must stay free on the disk
         */
        public void write(byte[] bytes, int length) {
            if (target.stored && !space.fits(length)) {
                throw target.full(null);
            }
            try {
                out.write(bytes, 0, length);
                digest.update(bytes, 0, length);
                this.bytes += length;
            } catch (IOException e) {
                throw target.full(e);
            }
        }

        /**
         * Completes the file.
         *
         * @throws RejectedRequestException when the disk is full
         */
        public Target finish() {
            try {
                out.close();
                target.digest = digest.digest();
                target.bytes = bytes;
                return target;
            } catch (IOException e) {
                throw target.full(e);
            }
        }

        /** Deletes what was written. */
        public void abort() {
            try {
                out.close();
            } catch (IOException e) {
                LOG.debugf("closing an aborted upload failed: %s", e.getMessage());
            }
            target.delete();
        }
    }

    /**
     * The target of an upload.
     *
     * @param stored false when the bytes are only compared with those of an earlier upload
     */
    public Target target(String id, String fileName, boolean stored) {
        return new Target(id, safeName(fileName), stored);
    }

    /** A new SHA-256 digest. */
    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Deletes what this job uploaded. */
    public void delete(String id) {
        try {
            FileTrees.delete(folder(id));
        } catch (IOException e) {
            LOG.warnf("job %s: its upload cannot be deleted: %s", id, e.getMessage());
        }
    }

    /** The ids of the jobs that have an upload. */
    public List<String> ids() {
        Path all = storage.resolve(FOLDER);
        if (!Files.isDirectory(all)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(all)) {
            return folders.map(p -> p.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path folder(String id) {
        return storage.resolve(FOLDER).resolve(id);
    }

    /** A file name of letters, digits, dots, dashes and underscores, with the end of the client's name: decoders look at it. */
    private static String safeName(String name) {
        String last = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
        String safe = last.replaceAll("[^A-Za-z0-9._-]", "_").replaceAll("^\\.+", "_");
        safe = safe.length() > 100 ? safe.substring(safe.length() - 100) : safe;
        return safe.isEmpty() ? "upload" : safe;
    }
}
