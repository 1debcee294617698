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
 * A file in shared memory, for this user only, mapped here and known to the server by its name. The name is needed until the
 * server has opened it, and is removed then: the memory goes with the last process that uses it, however that ends.
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
     * Makes a region, with its memory reserved: a page that cannot be had later would end the process.
     *
     * @throws IOException when there is no room
     */
    static OwnedRegion create(Path folder, long bytes) throws IOException {
        Path file = folder.resolve(SharedMemoryNames.next());
        try {
            return new OwnedRegion(file, bytes);
        } catch (FileAlreadyExistsException e) {
            throw e; // somebody else's
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

    /** Its name at the server. */
    String name() {
        return file.getFileName().toString();
    }

    /** Its name for {@code shm_open}. */
    String key() {
        return "/" + name();
    }

    long bytes() {
        return memory.byteSize();
    }

    MemorySegment memory() {
        return memory;
    }

    /** Notes that the server has it no longer; without its name it cannot be given to it again. */
    void lose() {
        lost = true;
    }

    /** Whether the server has it no longer. */
    boolean lost() {
        return lost;
    }

    /** Removes its name, once the server has opened it or will not. */
    void unlink() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            System.getLogger(OwnedRegion.class.getName())
                    .log(System.Logger.Level.WARNING, "{0} stays: {1}", file, e.getMessage());
        }
    }

    @Override
    public void close() {
        arena.close();
        unlink();
    }
}
