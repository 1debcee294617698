package io.framequota.images;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlatformJarsTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "ai/onnxruntime/native/linux-x64/libonnxruntime.so, false",
        "ai/onnxruntime/native/win-x64/onnxruntime.dll, true",
        "ai/onnxruntime/native/osx-aarch64/libonnxruntime.dylib, true",
        "ai/onnxruntime/OrtSession.class, false",
        "linux/amd64/libzstd-jni-1.5.6-10.so, false",
        "linux/aarch64/libzstd-jni-1.5.6-10.so, true",
        "darwin/x86_64/libzstd-jni-1.5.6-10.dylib, true",
        "org/xerial/snappy/native/Linux/x86_64/libsnappyjava.so, false",
        "org/xerial/snappy/native/Linux/x86_64-musl/libsnappyjava.so, true",
        "org/xerial/snappy/SnappyLoader.class, false",
        "net/jpountz/util/linux/amd64/liblz4-java.so, false",
        "net/jpountz/util/darwin/aarch64/liblz4-java.dylib, true",
        "net/jpountz/util/Native.class, false"
    })
    void librariesOfOtherPlatformsAreForeign(String entry, boolean foreign) {
        assertThat(PlatformJars.isForeign(entry)).isEqualTo(foreign);
    }

    @Test
    void aCopyLacksLibrariesOfOtherPlatformsOnly() throws IOException {
        Path copy = new PlatformJars(folder.resolve("cache")).of(jar("zstd-jni-1.5.jar"));

        try (ZipFile zip = new ZipFile(copy.toFile())) {
            assertThat(zip.stream().map(ZipEntry::getName)).containsExactly("A.class", "linux/amd64/lib.so");
        }
    }

    @Test
    void twoCopiesHaveTheSameBytes() throws IOException {
        Path jar = jar("zstd-jni-1.5.jar");

        Path one = new PlatformJars(folder.resolve("one")).of(jar);
        Path two = new PlatformJars(folder.resolve("two")).of(jar);

        assertThat(two).hasSameBinaryContentAs(one);
    }

    @Test
    void otherJarsAreNotCopied() throws IOException {
        Path jar = jar("guava-33.jar");

        assertThat(new PlatformJars(folder.resolve("cache")).of(jar)).isEqualTo(jar);
    }

    private Path jar(String name) throws IOException {
        Path jar = folder.resolve(name);
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            for (String entry : List.of("A.class", "linux/amd64/lib.so", "win/amd64/lib.dll")) {
                zip.putNextEntry(new ZipEntry(entry));
                zip.write(entry.getBytes(StandardCharsets.UTF_8));
            }
        }
        return jar;
    }
}
