package io.framequota.media.archive;

import io.framequota.common.text.NaturalOrder;
import io.framequota.media.decode.SourceException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * A zip archive of untrusted origin: lists its files and hands out their bytes one at a time; unpacks nothing and opens no archives
 * inside. The whole archive is refused when it is beyond a limit, or when the path of a file leaves the archive. For one thread at
 * a time.
 */
public final class ZipArchive implements AutoCloseable {
    /** Characters that move a terminal's cursor, end a line, turn the direction of text, or that XML cannot hold. */
    private static final Pattern CONTROL =
            Pattern.compile("[\\p{Cc}\\p{Zl}\\p{Zp}\\x{202A}-\\x{202E}\\x{2066}-\\x{2069}\\x{FFFE}\\x{FFFF}]");

    private static final Pattern OUTSIDE = Pattern.compile("^([/\\\\]|[A-Za-z]:).*|(^|.*[/\\\\])\\.\\.([/\\\\].*|$)");
    private static final int SHOWN = 120;
    /** Paths are in messages and in the headers of records. */
    private static final int MAX_PATH_BYTES = 4096;

    private static final int BUFFER = 1 << 16;
    /** Heap that a file takes besides its name, which is there three times. */
    private static final long ENTRY_BYTES = 300;

    /**
     * A file of the archive.
     *
     * @param path inside the archive, with slashes
     * @param size in bytes, uncompressed, as the archive states it
     */
    public record Entry(String path, long size) {}

    private final String name;
    private final ZipFile zip;
    private final ArchiveMemory.Share memory;
    private final List<Entry> files;
    private final Map<String, ZipEntry> byPath;

    private ZipArchive(String name, ZipFile zip, Map<String, ZipEntry> byPath, ArchiveMemory.Share memory) {
        this.name = name;
        this.zip = zip;
        this.memory = memory;
        this.byPath = byPath;
        files = byPath.values().stream()
                .map(e -> new Entry(e.getName(), e.getSize()))
                .sorted((a, b) -> NaturalOrder.INSTANCE.compare(a.path(), b.path()))
                .toList();
    }

    /** Whether a file begins as a zip archive does. */
    public static boolean isZip(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] head = in.readNBytes(4);
            return head.length == 4
                    && head[0] == 'P'
                    && head[1] == 'K'
                    && (head[2] == 3 && head[3] == 4 || head[2] == 5 && head[3] == 6);
        }
    }

    /** Whether to wait for the memory of an archive's list of files. */
    public enum Waiting {
        /** Until there is room. */
        PATIENT,
        /** Not at all: for whoever others wait for. */
        NEVER
    }

    /**
     * Opens an archive and reads its list of files, as soon as there is memory for it.
     *
     * @throws SourceException when it is damaged, encrypted or beyond a limit, or a path leaves it or is no line of text
     */
    public static ZipArchive open(Path file, ArchiveLimits limits) throws SourceException, IOException {
        return open(file, limits, ArchiveMemory.OF_PROCESS, Waiting.PATIENT);
    }

    /**
     * The same with a budget of its own.
     *
     * @throws SourceException when it is damaged, encrypted or beyond a limit, or a path leaves it or is no line of text
     */
    public static ZipArchive open(Path file, ArchiveLimits limits, ArchiveMemory memory, Waiting waiting)
            throws SourceException, IOException {
        String name = String.valueOf(file.getFileName());
        ZipDirectory directory = ZipDirectory.of(file);
        check(name, "files", directory.entries(), limits.entries());
        check(name, "bytes in its list of files", directory.bytes(), limits.directoryBytes());
        long heap = 3 * directory.bytes() + ENTRY_BYTES * directory.entries();
        ArchiveMemory.Share share = waiting == Waiting.PATIENT ? memory.take(heap) : memory.takeAnyway(heap);
        ZipFile zip = null;
        boolean opened = false;
        try {
            zip = open(file, name);
            ZipArchive archive = new ZipArchive(name, zip, entries(name, zip, Files.size(file), limits), share);
            opened = true;
            return archive;
        } finally {
            if (!opened) {
                share.close();
                if (zip != null) {
                    zip.close();
                }
            }
        }
    }

    private static ZipFile open(Path file, String name) throws SourceException, IOException {
        try {
            return new ZipFile(file.toFile(), StandardCharsets.UTF_8);
        } catch (ZipException e) {
            try {
                // Names in an older encoding: every byte is a character in this one.
                return new ZipFile(file.toFile(), StandardCharsets.ISO_8859_1);
            } catch (ZipException f) {
                boolean encrypted = String.valueOf(f.getMessage()).contains("encrypted");
                throw SourceException.permanent(
                        encrypted
                                ? name + " is encrypted; make the archive again without a password"
                                : name + " is not a whole zip archive; use a complete file");
            }
        }
    }

    private static Map<String, ZipEntry> entries(String name, ZipFile zip, long archiveBytes, ArchiveLimits limits)
            throws SourceException {
        Map<String, ZipEntry> files = new HashMap<>();
        long total = 0;
        int entries = 0;
        for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements(); ) {
            ZipEntry entry = all.nextElement();
            check(name, "files", ++entries, limits.entries());
            checkPath(name, entry.getName());
            if (entry.isDirectory()) {
                continue;
            }
            checkSize(name, entry, limits);
            total += entry.getSize();
            checkTotal(name, entry, total, archiveBytes, limits);
            if (files.put(entry.getName(), entry) != null) {
                throw SourceException.permanent(
                        name + " has two files named " + shown(entry.getName()) + "; make the archive again");
            }
        }
        return files;
    }

    private static void check(String name, String what, long found, long limit) throws SourceException {
        if (found > limit) {
            throw SourceException.permanent(name + " has more than " + limit + " " + what + "; split it");
        }
    }

    private static void checkPath(String name, String path) throws SourceException {
        if (path.getBytes(StandardCharsets.UTF_8).length > MAX_PATH_BYTES) {
            throw SourceException.permanent(name + " has a path with more than " + MAX_PATH_BYTES + " bytes: "
                    + shown(path) + "; make the archive again, with shorter names");
        }
        if (CONTROL.matcher(path).find()) {
            throw SourceException.permanent(name + " has a path with control characters: " + shown(path)
                    + "; make the archive again, with other names");
        }
        if (OUTSIDE.matcher(path).matches()) {
            throw SourceException.permanent(name + " names a file outside of itself: " + shown(path)
                    + "; make the archive again, with relative paths");
        }
    }

    private static void checkSize(String name, ZipEntry entry, ArchiveLimits limits) throws SourceException {
        if (entry.getSize() < 0 || entry.getSize() > limits.entryBytes()) {
            throw SourceException.permanent(name + ": " + shown(entry.getName()) + " has more than "
                    + (limits.entryBytes() >> 20) + " MiB when it is unpacked; leave it out");
        }
    }

    private static void checkTotal(String name, ZipEntry last, long total, long archiveBytes, ArchiveLimits limits)
            throws SourceException {
        long most = Math.max(ArchiveLimits.MODEST_BYTES, Math.multiplyExact(archiveBytes, (long) limits.ratio()));
        if (total > limits.totalBytes() || total > most) {
            throw SourceException.permanent(name + " would unpack to more than " + limits.ratio()
                    + " times its size, up to " + shown(last.getName()) + "; use an archive of real pictures");
        }
    }

    /** A path for messages: in one line, and not too long. */
    private static String shown(String path) {
        String line = CONTROL.matcher(path).replaceAll("?");
        return line.length() > SHOWN ? line.substring(0, SHOWN) + "..." : line;
    }

    /** All files, in the natural order of their paths; no folders. */
    public List<Entry> files() {
        return files;
    }

    /** The file with exactly this path. */
    public Optional<Entry> file(String path) {
        ZipEntry entry = byPath.get(path);
        return entry == null ? Optional.empty() : Optional.of(new Entry(path, entry.getSize()));
    }

    /**
     * The bytes of a file.
     *
     * @throws DamagedEntryException when they are not those that the archive describes
     */
    public byte[] bytes(Entry file) throws IOException {
        byte[] bytes = new byte[Math.toIntExact(file.size())];
        int[] at = {0};
        copy(file, (from, length) -> {
            System.arraycopy(from, 0, bytes, at[0], length);
            at[0] += length;
        });
        return bytes;
    }

    /**
     * Writes the bytes of a file to another one, which is replaced.
     *
     * @throws DamagedEntryException when they are not those that the archive describes
     */
    public void copy(Entry file, Path to) throws IOException {
        try (OutputStream out = Files.newOutputStream(to)) {
            copy(file, (from, length) -> out.write(from, 0, length));
        }
    }

    private interface Sink {
        void take(byte[] bytes, int length) throws IOException;
    }

    /** Never gives more bytes than the archive states. */
    private void copy(Entry file, Sink sink) throws IOException {
        ZipEntry entry = byPath.get(file.path());
        if (entry == null) {
            throw new IllegalArgumentException("not a file of " + name + ": " + file.path());
        }
        CRC32 sum = new CRC32();
        long left = file.size();
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = zip.getInputStream(entry)) {
            int n;
            while ((n = in.read(buffer)) >= 0) {
                left -= n;
                if (left < 0) {
                    break;
                }
                sum.update(buffer, 0, n);
                sink.take(buffer, n);
            }
        } catch (ZipException | EOFException e) {
            throw damaged(file);
        }
        if (left != 0 || sum.getValue() != entry.getCrc()) {
            throw damaged(file);
        }
    }

    private static DamagedEntryException damaged(Entry file) {
        return new DamagedEntryException("its bytes in the archive are damaged: " + shown(file.path()));
    }

    @Override
    public void close() {
        try {
            zip.close();
        } catch (IOException e) {
            // Nothing was written to it.
        }
        memory.close();
    }
}
