package io.framequota.cli.terminal;

import io.framequota.common.failure.Failure;
import io.framequota.common.text.FileNames;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A file that a command writes. It appears under its name complete or not at all: its content is in a temporary file until
 * {@link #keep}.
 *
 * <ul>
 *   <li>The temporary file of a regular file is in the same folder, and is renamed. It gets the mode and owner of the file that it
 *       replaces, or the mode of the umask.
 *   <li>A symbolic link is kept and its target is written.
 *   <li>A device, a FIFO and standard output are written at the end, at once.
 *   <li>A file with other hard links, or one that cannot be replaced because of its owner or folder, is overwritten at the end, at
 *       once.
 *   <li>A file that the user may not write is refused, even if its folder would allow to replace it.
 * </ul>
 *
 * Not thread-safe. Writing is not affected by an interrupt, which ends a command; with a pending interrupt nothing can be kept.
 */
public final class OutputFile implements AutoCloseable {
    private static final int MOST_LINKS = 40;
    private static final int MODE = 07777;

    private final Path target;
    private final Path aside;
    private final @Nullable OutputStream sink;
    private final boolean rename;
    private OutputStream out;
    private boolean done;

    private OutputFile(Path target, Path aside, @Nullable OutputStream sink, boolean rename) throws IOException {
        this.target = target;
        this.aside = aside;
        this.sink = sink;
        this.rename = rename;
        this.out = Files.newOutputStream(aside, StandardOpenOption.WRITE);
    }

    /**
     * Starts writing a file. Creates missing folders; waits for the reader of a FIFO.
     *
     * @throws IOException it cannot be written; the message is for people
     */
    public static OutputFile open(Path target) throws IOException {
        Path file = destination(target);
        Map<String, Object> there = attributes(file);
        if (there.isEmpty()) {
            Path folder = folder(file);
            Files.createDirectories(folder);
            return new OutputFile(file, newFile(folder), null, true);
        }
        if (!Boolean.TRUE.equals(there.get("isRegularFile"))) {
            OutputStream sink = Files.newOutputStream(file, StandardOpenOption.WRITE);
            return new OutputFile(file, temporary(), sink, false);
        }
        if (!Files.isWritable(file)) {
            throw new IOException(refusal(target));
        }
        return replacing(file, there);
    }

    /** Starts writing to a stream, which is flushed but not closed. */
    static OutputFile to(OutputStream stream) throws IOException {
        return new OutputFile(Terminal.STANDARD_OUTPUT, temporary(), stream, false);
    }

    private static OutputFile replacing(Path file, Map<String, Object> there) throws IOException {
        int mode = (int) there.getOrDefault("mode", 0600) & MODE;
        try {
            Path aside = newFile(
                    folder(file), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            if (there.get("nlink") instanceof Integer links && links == 1 && takesAfter(aside, there, mode)) {
                return new OutputFile(file, aside, null, true);
            }
            return new OutputFile(file, aside, null, false);
        } catch (FileSystemException e) {
            // Files cannot be created in its folder, but the file itself can be written.
            return new OutputFile(file, temporary(), null, false);
        }
    }

    /** Gives the new file the owner and mode of the old one; returns false if that is not permitted. */
    private static boolean takesAfter(Path aside, Map<String, Object> there, int mode) {
        try {
            Map<String, Object> made = Files.readAttributes(aside, "unix:uid,gid");
            for (String who : new String[] {"uid", "gid"}) {
                Object wanted = there.get(who);
                if (wanted != null && !wanted.equals(made.get(who))) {
                    Files.setAttribute(aside, "unix:" + who, wanted);
                }
            }
            // The owner can always write it here; the mode follows with the name.
            Files.setAttribute(aside, "unix:mode", mode | 0200);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Why a file cannot be written, found before anything is done for it; empty when nothing is in the way. */
    public static Optional<String> obstacle(Path target) {
        if (Terminal.isStandardOutput(target)) {
            return Optional.empty();
        }
        try {
            if (Files.isDirectory(target)) {
                return Optional.of(shown(target) + " is a folder: give a file");
            }
            if (Files.exists(target)) {
                return Files.isWritable(target) ? Optional.empty() : Optional.of(refusal(target));
            }
            Path folder = folder(destination(target));
            while (folder.getParent() != null && !Files.exists(folder)) {
                folder = folder.getParent();
            }
            return Files.isDirectory(folder) && Files.isWritable(folder)
                    ? Optional.empty()
                    : Optional.of("cannot write in " + shown(folder));
        } catch (IOException e) {
            return Optional.of(Failure.words(e));
        }
    }

    private static String refusal(Path target) {
        return "no permission to write " + shown(target) + ": it is read-only for you; give another file";
    }

    /** Whether it is a regular file, or will be; a device, a FIFO and standard output can be named any number of times. */
    public static boolean isFile(Path target) {
        return !Terminal.isStandardOutput(target) && (!Files.exists(target) || Files.isRegularFile(target));
    }

    /** Writes a whole file. */
    public static void write(Path target, byte[] content) throws IOException {
        try (OutputFile output = open(target)) {
            output.stream().write(content);
            output.keep();
        }
    }

    /** The stream for the content. */
    public OutputStream stream() {
        return new NamingStream();
    }

    /** The temporary file, for a program that writes it in place of {@link #stream}. */
    public Path file() {
        return aside;
    }

    /** Drops the content written so far. */
    public void restart() throws IOException {
        out.close();
        out = Files.newOutputStream(aside, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
    }

    /** Delivers all content. */
    public void keep() throws IOException {
        out.close();
        keep(Files.size(aside));
    }

    /** Delivers the first bytes of the content. */
    public void keep(long bytes) throws IOException {
        if (done) {
            return;
        }
        out.close();
        try (FileChannel channel = FileChannel.open(aside, StandardOpenOption.WRITE)) {
            channel.truncate(bytes);
        }
        try {
            deliver();
        } catch (FileSystemException e) {
            throw e;
        } catch (IOException e) {
            throw cannotWrite(e);
        }
        done = true;
    }

    private void deliver() throws IOException {
        OutputStream stream = sink;
        if (rename) {
            Map<String, Object> there = attributes(target);
            if (there.get("mode") instanceof Integer mode) {
                Files.setAttribute(aside, "unix:mode", mode & MODE);
            }
            Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } else if (stream != null) {
            Files.copy(aside, stream);
            stream.flush();
        } else {
            try (OutputStream old =
                    Files.newOutputStream(target, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
                Files.copy(aside, old);
            }
        }
    }

    /** Removes the temporary file. */
    @Override
    public void close() throws IOException {
        try {
            out.close();
            OutputStream stream = sink;
            if (stream != null && !target.equals(Terminal.STANDARD_OUTPUT)) {
                stream.close();
            }
        } finally {
            if (!done || !rename) {
                Files.deleteIfExists(aside);
            }
        }
    }

    private IOException cannotWrite(IOException e) {
        return new IOException("cannot write " + shown(target) + ": " + e.getMessage(), e);
    }

    /** The target of symbolic links. Links in /proc to open files are not followed. */
    static Path destination(Path target) throws IOException {
        Path at = target;
        for (int i = 0; i < MOST_LINKS; i++) {
            if (!Files.isSymbolicLink(at)
                    || Files.exists(at) && !Files.isRegularFile(at)
                    || folder(at).toRealPath().startsWith("/proc")) {
                return at;
            }
            at = at.resolveSibling(Files.readSymbolicLink(at));
        }
        throw new FileSystemLoopException(target.toString());
    }

    private static Map<String, Object> attributes(Path file) throws IOException {
        try {
            return Files.readAttributes(file, "unix:*");
        } catch (NoSuchFileException e) {
            return Map.of();
        }
    }

    private static Path folder(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        return folder == null ? file : folder;
    }

    private static Path newFile(Path folder, FileAttribute<?>... attributes) throws IOException {
        while (true) {
            // A short name, because the file's own name may have the maximum length.
            Path file = folder.resolve(
                    ".fq-" + Long.toUnsignedString(ThreadLocalRandom.current().nextLong(), 36) + ".part");
            try {
                return Files.createFile(file, attributes);
            } catch (FileAlreadyExistsException e) {
                // Tries another name.
            }
        }
    }

    private static Path temporary() throws IOException {
        return Files.createTempFile("fq-", ".part");
    }

    private static String shown(Path path) {
        return FileNames.text(path);
    }

    /** Names the file in the message of a failed write. */
    private final class NamingStream extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                out.write(bytes, offset, length);
            } catch (IOException e) {
                throw cannotWrite(e);
            }
        }
    }
}
