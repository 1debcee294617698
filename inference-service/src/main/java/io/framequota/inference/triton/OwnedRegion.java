package io.framequota.inference.triton;

import io.framequota.contract.frame.SharedMemoryNames;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A shared memory region that this worker made, readable by its user only, mapped here and known to the server by its name. The
 * name is removed as soon as the server has opened the region, so the kernel frees the memory with the last process that uses
 * it, however that process ends.
 */
final class OwnedRegion implements AutoCloseable {
    private static final int BLOCK = 1024 * 1024;

    private final Path file;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;
    private volatile boolean lost;

    private OwnedRegion(Path file, long bytes) throws IOException {
        this.file = file;
        try (FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            reserve(channel, bytes);
            memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena);
        }
    }

    /**
     * Creates a region and writes to all of it. A page that turned out to be missing later would kill the process.
     *
     * @throws IOException when there is not enough memory
     */
    static OwnedRegion create(Path folder, long bytes) throws IOException {
        Path file = folder.resolve(SharedMemoryNames.next());
        try {
            return new OwnedRegion(file, bytes);
        } catch (FileAlreadyExistsException e) {
            throw e; // the file belongs to somebody else
        } catch (IOException e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }

    private static void reserve(FileChannel channel, long bytes) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocate((int) Math.min(bytes, BLOCK));
        for (long at = 0; at < bytes; at += zeros.limit()) {
            zeros.clear().limit((int) Math.min(zeros.capacity(), bytes - at));
            while (zeros.hasRemaining()) {
                channel.write(zeros);
            }
        }
    }

    /** The name under which it is registered at the server. */
    String name() {
        return file.getFileName().toString();
    }

    /** The name for {@code shm_open}. */
    String key() {
        return "/" + name();
    }

    long bytes() {
        return memory.byteSize();
    }

    MemorySegment memory() {
        return memory;
    }

    /** Records that the server no longer has it. It cannot be registered again, because its name is gone. */
    void markLost() {
        lost = true;
    }

    /** Whether the server no longer has it. */
    boolean lost() {
        return lost;
    }

    /** Removes its name. Call it when the server has opened the region or refused it. */
    void unlink() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            System.getLogger(OwnedRegion.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "cannot remove shared memory file {0}: {1}",
                            file,
                            e.getMessage());
        }
    }

    @Override
    public void close() {
        arena.close();
        unlink();
    }
}
