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
 * The POSIX shared memory that clients registered, by the name they gave it. A region stays open until it is unregistered
 * and the last request that uses it is done, whatever becomes of its name. Safe for use by many threads.
 */
public final class RegisteredRegions implements AutoCloseable {
    private static final int MOST_REGIONS = 1024;

    /** Tensors are seen through byte buffers, which end here. */
    private static final long MOST_BYTES = Integer.MAX_VALUE;

    private final Path folder;
    private final Object user = user();
    private final TreeMap<String, RegisteredRegion> regions = new TreeMap<>();

    /** Regions are files of this folder, {@code /dev/shm} but in tests. */
    public RegisteredRegions(Path folder) {
        this.folder = folder;
    }

    /** What was registered: bytes {@code offset} to {@code offset + byteSize} of the object {@code key}. */
    public record Status(String name, String key, long offset, long byteSize) {}

    /**
     * Opens a region.
     *
     * @throws RefusedException when the name is taken, or the object is not there, not this user's own, a link or too small
     */
    public synchronized void register(String name, String key, long offset, long byteSize) {
        if (name.isEmpty()) {
            // An empty name means all regions where they are unregistered and listed.
            throw new RefusedException(
                    Kind.INTERNAL, "invalid shared memory region '" + key + "': it is given no name");
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

    /** Opens an object of this user's own: another's could change its owner's mind at any time, and a link leads anywhere. */
    private FileChannel open(String key, long offset, long byteSize) {
        String file = key.startsWith("/") ? key.substring(1) : key;
        if (file.isEmpty() || file.contains("/") || file.contains("\0") || file.startsWith(".")) {
            throw unable(key, "there is none");
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
                                + Long.toUnsignedString(offset) + " are asked for, it has " + size);
            }
            return object;
        } catch (IOException | RuntimeException e) {
            close(object);
            throw e instanceof RefusedException refusal
                    ? refusal
                    : unable(key, "there is none that may be read and written");
        }
    }

    /** Which object it is; only a regular one of this process's user passes. */
    private Object own(String key, Path path) throws IOException {
        Map<String, Object> object = Files.readAttributes(path, "unix:*", LinkOption.NOFOLLOW_LINKS);
        if (!Boolean.TRUE.equals(object.get("isRegularFile"))) {
            throw unable(key, "it is no plain shared memory");
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
            throw new UncheckedIOException("cannot tell whose process this is", e);
        }
    }

    private static void close(@Nullable FileChannel object) {
        try {
            if (object != null) {
                object.close();
            }
        } catch (IOException e) {
            // Nothing was written.
        }
    }

    private static RefusedException unable(String key, String why) {
        return new RefusedException(Kind.INTERNAL, "unable to open shared memory region '" + key + "': " + why);
    }

    /** Forgets a region; one that is not registered is no error. */
    public synchronized void unregister(String name) {
        @Nullable RegisteredRegion region = regions.remove(name);
        if (region != null) {
            region.retire();
        }
    }

    /** Forgets them all. */
    public synchronized void unregisterAll() {
        regions.values().forEach(RegisteredRegion::retire);
        regions.clear();
    }

    /** All regions, by name. */
    public synchronized List<Status> all() {
        return statuses(regions.values());
    }

    /**
     * One region.
     *
     * @throws RefusedException when it is not registered
     */
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
     * Borrows a part of a region; it must be given back.
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
                    + Long.toUnsignedString(byteSize) + " bytes at " + Long.toUnsignedString(offset) + ", it has "
                    + size);
        }
        return region.lease(offset, (int) byteSize);
    }

    @Override
    public void close() {
        unregisterAll();
    }
}
