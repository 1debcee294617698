package io.framequota.ingest.store.files;

import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.failure.MessageSanitizer;
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
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Uploaded sources in the storage folder, {@code uploads/JOB/FILE}. Bytes go from the wire to the disk, never held. */
@Singleton
public final class Uploads {
    private static final Logger LOG = Logger.getLogger(Uploads.class);
    private static final String FOLDER = "uploads";
    private static final int BUFFER = 128 * 1024;

    private final Path storage;
    private final StorageSpace room;

    @Inject
    Uploads(IngestConfig config, StorageSpace room) {
        this(config.storage().toAbsolutePath(), room);
    }

    Uploads(Path storage, StorageSpace room) {
        this.storage = storage;
        this.room = room;
    }

    /** Where one upload goes. */
    public final class Place {
        private final String id;
        private final Path folder;
        private final Path file;
        private final boolean kept;
        private byte[] digest = {};

        private Place(String id, Path folder, String name, boolean kept) {
            this.id = id;
            this.kept = kept;
            this.folder = folder;
            this.file = folder.resolve(name);
        }

        /** Of the job that it may become. */
        public String id() {
            return id;
        }

        public String source() {
            return "upload:" + storage.relativize(file);
        }

        /** SHA-256 of the file's bytes, once it is whole. */
        public byte[] digest() {
            return digest.clone();
        }

        /**
         * Writes the file from a stream, which is not closed.
         *
         * @throws RejectedRequestException when the disk is full; nothing is left of it then
         * @throws IOException when the stream breaks; nothing is left of it then
         */
        public void fill(InputStream in) throws IOException {
            Writing writing = open();
            try {
                byte[] buffer = new byte[BUFFER];
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    writing.write(buffer, n);
                }
                writing.finish();
            } catch (IOException | RuntimeException e) {
                writing.abandon();
                throw e;
            }
        }

        /**
         * Begins to write the file.
         *
         * @throws RejectedRequestException when it cannot be made
         */
        public Writing open() {
            if (!kept) {
                return new Writing(this, OutputStream.nullOutputStream());
            }
            try {
                Files.createDirectories(folder);
                return new Writing(this, Files.newOutputStream(file));
            } catch (IOException e) {
                remove();
                throw full(e);
            }
        }

        private RejectedRequestException full(@Nullable IOException cause) {
            return new RejectedRequestException(
                    RejectedRequestException.Kind.NO_SPACE,
                    "the upload " + file.getFileName() + " does not fit: the server's storage is full"
                            + (cause == null ? "" : " (" + MessageSanitizer.why(cause) + ")")
                            + "; free some space or submit a smaller file");
        }

        /** Removes the file, if it is there. */
        public void remove() {
            Uploads.this.remove(id);
        }
    }

    /** An upload being written; to be finished or abandoned. Not for several threads at once. */
    public final class Writing {
        private final Place place;
        private final OutputStream out;
        private final MessageDigest digest = sha256();

        private Writing(Place place, OutputStream out) {
            this.place = place;
            this.out = out;
        }

        /**
         * Adds bytes.
         *
         * @throws RejectedRequestException when they would take what has to stay free on the disk
         */
        public void write(byte[] bytes, int length) {
            if (place.kept && !room.fits(length)) {
                throw place.full(null);
            }
            try {
                out.write(bytes, 0, length);
                digest.update(bytes, 0, length);
            } catch (IOException e) {
                throw place.full(e);
            }
        }

        /**
         * The file is whole.
         *
         * @throws RejectedRequestException when the disk is full
         */
        public Place finish() {
            try {
                out.close();
                place.digest = digest.digest();
                return place;
            } catch (IOException e) {
                throw place.full(e);
            }
        }

        /** Removes what was written. */
        public void abandon() {
            try {
                out.close();
            } catch (IOException e) {
                LOG.debugf("closing an abandoned upload: %s", e.getMessage());
            }
            place.remove();
        }
    }

    public Place place(String id, String fileName) {
        return new Place(id, storage.resolve(FOLDER).resolve(id), safe(fileName), true);
    }

    /** A place whose bytes are only looked at: of an upload that came before. */
    public Place unkept(String id, String fileName) {
        return new Place(id, storage.resolve(FOLDER).resolve(id), safe(fileName), false);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Removes what this job uploaded. */
    public void remove(String id) {
        deleteTree(storage.resolve(FOLDER).resolve(id));
    }

    /** Names of the jobs that have a folder here. */
    public List<String> ids() {
        Path folder = storage.resolve(FOLDER);
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(p -> p.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file name of letters, digits, dots, dashes and underscores; decoders look at its end. */
    private static String safe(String name) {
        String last = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
        String safe = last.replaceAll("[^A-Za-z0-9._-]", "_").replaceAll("^\\.+", "_");
        safe = safe.length() > 100 ? safe.substring(safe.length() - 100) : safe;
        return safe.isEmpty() ? "upload" : safe;
    }

    private static void deleteTree(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            List<Path> deepestFirst = new ArrayList<>(all.toList());
            for (Path p : deepestFirst.reversed()) {
                Files.deleteIfExists(p);
            }
        } catch (IOException e) {
            LOG.warnf("could not remove %s: %s", folder, e.getMessage());
        }
    }
}
