package io.framequota.inferenceserver.memory;

import io.framequota.inferenceserver.refusal.Refusal;
import io.framequota.inferenceserver.refusal.Refusal.Kind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The POSIX shared memory that clients registered, by the name they gave it. A region stays mapped until it is unregistered
 * and the last request that uses it is done. Safe for use by many threads.
 */
public final class SharedMemory implements AutoCloseable {
    private static final int MOST_REGIONS = 1024;

    /** Tensors are seen through byte buffers, which end here. */
    private static final long MOST_BYTES = Integer.MAX_VALUE;

    private final Path folder;
    private final TreeMap<String, Region> regions = new TreeMap<>();

    /** Regions are files of this folder, {@code /dev/shm} but in tests. */
    public SharedMemory(Path folder) {
        this.folder = folder;
    }

    /** What was registered: bytes {@code offset} to {@code offset + byteSize} of the object {@code key}. */
    public record Status(String name, String key, long offset, long byteSize) {}

    /**
     * Maps a region.
     *
     * @throws Refusal when the name is taken, the object is not there or is too small
     */
    public synchronized void register(String name, String key, long offset, long byteSize) {
        if (name.isEmpty()) {
            // An empty name means all regions where they are unregistered and listed.
            throw new Refusal(Kind.INTERNAL, "invalid shared memory region '" + key + "': it is given no name");
        }
        if (regions.containsKey(name)) {
            throw new Refusal(Kind.ALREADY_EXISTS, "shared memory region '" + name + "' is registered already");
        }
        if (regions.size() >= MOST_REGIONS) {
            throw Refusal.unavailable("there are " + MOST_REGIONS + " shared memory regions; unregister one first");
        }
        regions.put(name, new Region(new Status(name, key, offset, byteSize), map(key, offset, byteSize)));
    }

    private Mapping map(String key, long offset, long byteSize) {
        String file = key.startsWith("/") ? key.substring(1) : key;
        if (file.isEmpty()
                || file.contains("/")
                || file.startsWith(".")
                || !Files.isRegularFile(folder.resolve(file))) {
            throw new Refusal(Kind.INTERNAL, "unable to open shared memory region '" + key + "': there is none");
        }
        try (FileChannel channel =
                FileChannel.open(folder.resolve(file), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long size = channel.size();
            if (offset < 0 || byteSize <= 0 || byteSize > MOST_BYTES || offset > size - byteSize) {
                throw new Refusal(
                        Kind.INTERNAL,
                        "invalid shared memory region '" + key + "': " + Long.toUnsignedString(byteSize) + " bytes at "
                                + Long.toUnsignedString(offset) + " are asked for, it has " + size);
            }
            return Mapping.of(channel, offset, byteSize);
        } catch (IOException e) {
            throw new Refusal(Kind.INTERNAL, "unable to open shared memory region '" + key + "': " + e.getMessage());
        }
    }

    /** Forgets a region; one that is not registered is no error. */
    public synchronized void unregister(String name) {
        @Nullable Region region = regions.remove(name);
        if (region != null) {
            region.retire();
        }
    }

    /** Forgets them all. */
    public synchronized void unregisterAll() {
        regions.values().forEach(Region::retire);
        regions.clear();
    }

    /** All regions, by name. */
    public synchronized List<Status> all() {
        return statuses(regions.values());
    }

    /**
     * One region.
     *
     * @throws Refusal when it is not registered
     */
    public synchronized Status status(String name) {
        @Nullable Region region = regions.get(name);
        if (region == null) {
            throw new Refusal(Kind.NOT_FOUND, "unable to find system shared memory region: '" + name + "'");
        }
        return region.status();
    }

    private static List<Status> statuses(Collection<Region> regions) {
        return regions.stream().map(Region::status).toList();
    }

    /**
     * Borrows a part of a region; it must be given back.
     *
     * @throws Refusal when the region is not registered or the part is not inside it
     */
    public synchronized Lease lease(String name, long offset, long byteSize) {
        @Nullable Region region = regions.get(name);
        if (region == null) {
            throw new Refusal(Kind.NOT_FOUND, "unable to find shared memory region: '" + name + "'");
        }
        long size = region.status().byteSize();
        if (offset < 0 || byteSize < 0 || offset >= size || offset > size - byteSize) {
            throw Refusal.invalid("invalid offset or byte size for shared memory region '" + name + "': "
                    + Long.toUnsignedString(byteSize) + " bytes at " + Long.toUnsignedString(offset) + ", it has "
                    + size);
        }
        return region.lease((int) offset, (int) byteSize);
    }

    @Override
    public void close() {
        unregisterAll();
    }
}
