package io.framequota.images;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** Removes the native libraries of other platforms from jars: they are four fifths of ONNX Runtime's 54 MB. */
final class PlatformJars {
    private static final Pattern CANDIDATE =
            Pattern.compile("(.*\\.)?(onnxruntime|zstd-jni|snappy-java|lz4-java|brotli4j)-\\d.*\\.jar");

    private static final Pattern FOREIGN = Pattern.compile("ai/onnxruntime/native/(osx|win|linux-aarch64).+"
            + "|(darwin|freebsd|win|aix|linux/(?!amd64/)[^/]+)/.+"
            + "|org/xerial/snappy/native/(?!Linux/x86_64/)[^/]+/.+"
            + "|net/jpountz/util/(?!linux/amd64/)[^/]+/.+/.+");

    private final Path cache;

    PlatformJars(Path cache) {
        this.cache = cache.resolve("one-platform");
    }

    /** The jar, or a reduced copy of it. */
    Path of(Path jar) throws IOException {
        String name = String.valueOf(jar.getFileName());
        if (!CANDIDATE.matcher(name).matches()) {
            return jar;
        }
        Path copy = cache.resolve(Files.size(jar) + "-" + name);
        if (!Files.exists(copy)) {
            Files.createDirectories(cache);
            Path half = cache.resolve(name + ".new");
            copy(jar, half);
            Files.move(half, copy, StandardCopyOption.ATOMIC_MOVE);
        }
        return copy;
    }

    static boolean isForeign(String entry) {
        return FOREIGN.matcher(entry).matches();
    }

    private static void copy(Path jar, Path target) throws IOException {
        try (ZipFile from = new ZipFile(jar.toFile());
                ZipOutputStream to = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(target)))) {
            for (ZipEntry entry : from.stream().map(ZipEntry.class::cast).toList()) {
                if (isForeign(entry.getName())) {
                    continue;
                }
                ZipEntry kept = new ZipEntry(entry.getName());
                kept.setTimeLocal(entry.getTimeLocal());
                to.putNextEntry(kept);
                try (InputStream in = from.getInputStream(entry)) {
                    in.transferTo(to);
                }
            }
        }
    }
}
