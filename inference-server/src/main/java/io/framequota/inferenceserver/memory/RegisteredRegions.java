package io.framequota.inferenceserver.memory;

import io.framequota.inferenceserver.refusal.RefusedException;
import io.framequota.inferenceserver.refusal.RefusedException.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The POSIX shared memory regions that clients registered, by the clients' names for them. A region stays open until it is
 * unregistered and the last request that uses it has ended, even when its name is removed earlier. Safe for use by several
 * threads.
 */
public final class RegisteredRegions implements AutoCloseable {
    private static final int MOST_REGIONS = 1024;

    /** The limit of byte buffers, which give access to tensors. */
    private static final long MOST_BYTES = Integer.MAX_VALUE;

    private final Path folder;
    private final Object user = user();
    private final TreeMap<String, RegisteredRegion> regions = new TreeMap<>();

    /** @param folder of the regions, {@code /dev/shm} except in tests */
    public RegisteredRegions(Path folder) {
        this.folder = folder;
    }

    /** A registered region: bytes {@code offset} to {@code offset + byteSize} of the file {@code key}. */
    public record Status(String name, String key, long offset, long byteSize) {}

    /**
     * Opens a region.
     *
     * @throws RefusedException when the name is in use, or the file is missing, of another user, a link or too small
     */
    public synchronized void register(String name, String key, long offset, long byteSize) {
        if (name.isEmpty()) {
            // In status and unregister calls an empty name means all regions.
            throw new RefusedException(Kind.INTERNAL, "invalid shared memory region '" + key + "': its name is empty");
        }
        if (regions.containsKey(name)) {
            throw new RefusedException(
                    Kind.ALREADY_EXISTS, "shared memory region '" + name + "' is registered already");
        }
        if (regions.size() >= MOST_REGIONS) {
            throw RefusedException.unavailable(
                    "there are " + MOST_REGIONS + " shared memory regions; unregister one first");
        }
        regions.put(name, new RegisteredRegion(new Status(name, key, offset, byteSize), open(key, offset, byteSize)));
    }

    /** Opens a file of this process's user. Another user could change the file at any time, and a link could lead anywhere. */
    private FileChannel open(String key, long offset, long byteSize) {
        String file = key.startsWith("/") ? key.substring(1) : key;
        if (file.isEmpty() || file.contains("/") || file.contains("\0") || file.startsWith(".")) {
            throw unable(key, "it does not exist");
        }
        Path path = folder.resolve(file);
        FileChannel object = null;
        try {
            Object identity = own(key, path);
            object = FileChannel.open(
                    path, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
            if (!own(key, path).equals(identity)) {
                throw unable(key, "it was replaced");
            }
            long size = object.size();
            if (offset < 0 || byteSize <= 0 || byteSize > MOST_BYTES || offset > size - byteSize) {
                throw new RefusedException(
                        Kind.INTERNAL,
                        "invalid shared memory region '" + key + "': " + Long.toUnsignedString(byteSize) + " bytes at "
                                + Long.toUnsignedString(offset) + " were requested, but it has " + size);
            }
            return object;
        } catch (IOException | RuntimeException e) {
            close(object);
            throw e instanceof RefusedException refusal
                    ? refusal
                    : unable(key, "it does not exist or its permissions do not allow reading and writing");
        }
    }

    /** The identity of the file; refuses everything but regular files of this process's user. */
    private Object own(String key, Path path) throws IOException {
        Map<String, Object> object = Files.readAttributes(path, "unix:*", LinkOption.NOFOLLOW_LINKS);
        if (!Boolean.TRUE.equals(object.get("isRegularFile"))) {
            throw unable(key, "it is not a regular file");
        }
        if (!user.equals(object.get("uid"))) {
            throw unable(key, "it belongs to another user");
        }
        return List.of(object.getOrDefault("dev", ""), object.getOrDefault("ino", ""));
    }

    private static Object user() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot find out the user of this process", e);
        }
    }

    private static void close(@Nullable FileChannel object) {
        try {
            if (object != null) {
                object.close();
            }
        } catch (IOException e) {
            // The file was only read.
        }
    }

    private static RefusedException unable(String key, String why) {
        return new RefusedException(Kind.INTERNAL, "unable to open shared memory region '" + key + "': " + why);
    }

    /** Unregisters a region; an unknown name is not an error. */
    public synchronized void unregister(String name) {
        @Nullable RegisteredRegion region = regions.remove(name);
        if (region != null) {
            region.retire();
        }
    }

    public synchronized void unregisterAll() {
        regions.values().forEach(RegisteredRegion::retire);
        regions.clear();
    }

    /** All regions by name. */
    public synchronized List<Status> all() {
        return statuses(regions.values());
    }

    /** @throws RefusedException when the region is not registered */
    public synchronized Status status(String name) {
        @Nullable RegisteredRegion region = regions.get(name);
        if (region == null) {
            throw new RefusedException(Kind.NOT_FOUND, "unable to find system shared memory region: '" + name + "'");
        }
        return region.status();
    }

    private static List<Status> statuses(Collection<RegisteredRegion> regions) {
        return regions.stream().map(RegisteredRegion::status).toList();
    }

    /**
     * Borrows a part of a region; the caller must close the lease.
     *
     * @throws RefusedException when the region is not registered or the part is not inside it
     */
    public synchronized RegionLease lease(String name, long offset, long byteSize) {
        @Nullable RegisteredRegion region = regions.get(name);
        if (region == null) {
            throw new RefusedException(Kind.NOT_FOUND, "unable to find shared memory region: '" + name + "'");
        }
        long size = region.status().byteSize();
        if (offset < 0 || byteSize < 0 || offset >= size || offset > size - byteSize) {
            throw RefusedException.invalid("invalid offset or byte size for shared memory region '" + name + "': "
                    + Long.toUnsignedString(byteSize) + " bytes at " + Long.toUnsignedString(offset) + ", but it has "
                    + size);
        }
        return region.lease(offset, (int) byteSize);
    }

    @Override
    public void close() {
        unregisterAll();
    }
}
