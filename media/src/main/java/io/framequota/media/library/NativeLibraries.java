package io.framequota.media.library;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks native libraries from jars into the user's cache. Those of one backend have tens of megabytes; unpacking them at each
 * start would take longer than the rest of the start.
 */
public final class NativeLibraries {
    private NativeLibraries() {}

    /**
     * Returns the folder with these files and unpacks them when it does not exist. The folder's name depends on their content,
     * so each version has its own. The folder appears complete or not at all.
     *
     * @param name prefix of the folder's name
     * @param anchor a class of the library, to find its class loader
     * @param base folder of the resources, without a slash at either end
     * @param files names in that folder, all in one jar
     * @throws UncheckedIOException when they cannot be unpacked
     */
    public static Path unpack(String name, Class<?> anchor, String base, List<String> files) {
        try {
            JarFile jar = jarOf(anchor, base + "/" + files.getFirst());
            Path folder = cache().resolve(name + "-" + fingerprint(jar, base, files));
            return Files.isDirectory(folder) ? folder : unpackTo(folder, jar, base, files);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot unpack the native libraries of " + name + ": " + e.getMessage(), e);
        }
    }

    private static JarFile jarOf(Class<?> anchor, String resource) throws IOException {
        URL url = anchor.getResource("/" + resource);
        if (url == null || !(url.openConnection() instanceof JarURLConnection connection)) {
            throw new IOException(resource + " is not in a jar on the class path");
        }
        return connection.getJarFile();
    }

    private static String fingerprint(JarFile jar, String base, List<String> files) throws IOException {
        CRC32 all = new CRC32();
        for (String file : files) {
            long crc = entry(jar, base + "/" + file).getCrc();
            for (int shift = 0; shift < 32; shift += 8) {
                all.update((int) (crc >>> shift));
            }
        }
        return Long.toHexString(all.getValue());
    }

    private static Path unpackTo(Path folder, JarFile jar, String base, List<String> files) throws IOException {
        Path parent = folder.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IOException(folder + " has no parent");
        }
        Files.createDirectories(parent);
        Path work = Files.createTempDirectory(parent, "unpacking");
        try {
            for (String file : files) {
                Path target = work.resolve(file);
                Path inside = target.getParent();
                if (inside != null) {
                    Files.createDirectories(inside);
                }
                try (InputStream in = jar.getInputStream(entry(jar, base + "/" + file))) {
                    Files.copy(in, target);
                }
            }
            Files.move(work, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            // Two servers may start at once with an empty cache. The first one wins, and the copy of the other is
            // deleted.
            if (!Files.isDirectory(folder)) {
                throw e;
            }
        } finally {
            delete(work);
        }
        return folder;
    }

    private static ZipEntry entry(JarFile jar, String path) throws IOException {
        ZipEntry entry = jar.getEntry(path);
        if (entry == null) {
            throw new IOException(path + " is not in " + jar.getName());
        }
        return entry;
    }

    private static void delete(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            try (Stream<Path> tree = Files.walk(folder)) {
                for (Path path : tree.sorted((a, b) -> b.compareTo(a)).toList()) {
                    Files.deleteIfExists(path);
                }
            }
        }
    }

    private static Path cache() {
        @Nullable String cache = System.getenv("XDG_CACHE_HOME");
        Path root =
                cache != null && !cache.isEmpty() ? Path.of(cache) : Path.of(System.getProperty("user.home"), ".cache");
        return (usable(root) ? root : Path.of(System.getProperty("java.io.tmpdir"))).resolve("framequota/native");
    }

    /**
     * Whether files can be created in this folder, or the folder itself can be created. In some containers nobody may write to
     * the home folder.
     */
    private static boolean usable(Path folder) {
        Path probe = folder;
        while (!Files.exists(probe) && probe.getParent() != null) {
            probe = probe.getParent();
        }
        return Files.isDirectory(probe) && Files.isWritable(probe);
    }
}
