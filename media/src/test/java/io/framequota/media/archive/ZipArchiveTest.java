package io.framequota.media.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.media.decode.SourceException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ZipArchiveTest {
    private static final ArchiveLimits LIMITS = new ArchiveLimits(20, 4096, 1 << 20, 2 << 20, 100);

    @TempDir
    private Path folder;

    @Test
    void filesAreInNaturalOrderWithTheirBytes() throws Exception {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (String name : new String[] {"b/10.png", "a/2.png", "b/9.png", "a/10.png", "é.txt"}) {
            files.put(name, name.repeat(1000).getBytes(StandardCharsets.UTF_8));
        }

        try (ZipArchive archive = open(zip(files))) {
            assertThat(archive.files())
                    .extracting(ZipArchive.Entry::path)
                    .containsExactly("a/2.png", "a/10.png", "b/9.png", "b/10.png", "é.txt");
            for (ZipArchive.Entry file : archive.files()) {
                assertThat(archive.bytes(file)).isEqualTo(files.get(file.path()));
            }
            archive.copy(archive.file("b/9.png").orElseThrow(), folder.resolve("copy"));
            assertThat(folder.resolve("copy")).hasBinaryContent(files.get("b/9.png"));
            assertThat(archive.file("b")).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"../a.png", "x/../../a.png", "..\\a.png", "/etc/a.png", "\\a.png", "C:/a.png", "c:a.png", "x/.."
            })
    void anArchiveThatNamesAFileOutsideOfItselfIsRefused(String path) {
        assertThatThrownBy(() -> open(zip(Map.of("fine.png", new byte[1], path, new byte[1]))))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("names a file outside of itself: ")
                .hasMessageContaining(path.substring(path.length() - 2))
                .hasMessageNotContaining("\n");
    }

    @Test
    void anArchiveThatUnpacksToManyTimesItsSizeIsRefused() throws Exception {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (int i = 0; i < 3; i++) {
            files.put(i + ".bmp", new byte[1 << 20]);
        }

        assertThatThrownBy(() -> open(zip(files)))
                .isInstanceOf(SourceException.class)
                .hasMessage("a.zip would unpack to more than 100 times its size, up to 2.bmp; use an archive of real"
                        + " pictures");
    }

    @Test
    void aFileBeyondTheLimitIsRefused() throws Exception {
        assertThatThrownBy(() -> open(zip(Map.of("large.bmp", new byte[(1 << 20) + 1]))))
                .isInstanceOf(SourceException.class)
                .hasMessage("a.zip: large.bmp has more than 1 MiB when it is unpacked; leave it out");
    }

    @Test
    void tooManyFilesAreRefusedBeforeTheirListIsRead() throws Exception {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (int i = 0; i < 21; i++) {
            files.put(i + ".png", new byte[1]);
        }
        Path many = zip(files);

        assertThatThrownBy(() -> open(many)).hasMessage("a.zip has more than 20 files; split it");
        assertThat(ZipDirectory.of(many).entries()).isEqualTo(21);
    }

    @Test
    void aListThatIsTooLongIsRefused() throws Exception {
        assertThatThrownBy(() -> open(zip(Map.of("x".repeat(5000), new byte[1]))))
                .hasMessage("a.zip has more than 4096 bytes in its list of files; split it");
    }

    @Test
    void aPathThatIsTooLongIsRefused() throws Exception {
        Path zip = zip(Map.of("x".repeat(4093) + ".png", new byte[1]));

        assertThatThrownBy(() -> ZipArchive.open(zip, ArchiveLimits.DEFAULT))
                .hasMessage("a.zip has a path with more than 4096 bytes: " + "x".repeat(120)
                        + "...; make the archive again, with shorter names");
    }

    @Test
    void aPathWithControlCharactersIsRefused() {
        assertThatThrownBy(() -> open(zip(Map.of("a\nb.png", new byte[1]))))
                .hasMessage("a.zip has a path with control characters: a?b.png; make the archive again, with other"
                        + " names");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/tmp/x\u2028.png", "x\u0085\\..\\..\\x.png", "\u009b2J.png", "a\u202egnp.exe.png", "\ufffe.png"
            })
    void aPathThatDeceivesTerminalsUnpackersOrXmlIsRefused(String path) {
        assertThatThrownBy(() -> open(zip(Map.of(path, new byte[1]))))
                .hasMessageContaining("has a path with control characters");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theListsSizeMayBeInTheRecordForLargeArchivesOnly(boolean present) throws Exception {
        byte[] bytes = Files.readAllBytes(zip(Map.of("1.png", new byte[30])));
        int end = bytes.length - 22;
        ByteBuffer plain = ByteBuffer.wrap(bytes, end, 22).slice().order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer large = ByteBuffer.allocate(bytes.length + 56 + 20).order(ByteOrder.LITTLE_ENDIAN);
        large.put(bytes, 0, end);
        large.putInt(0x06064b50)
                .putLong(44)
                .putShort((short) 45)
                .putShort((short) 45)
                .putInt(0)
                .putInt(0);
        large.putLong(1).putLong(1).putLong(plain.getInt(12)).putLong(plain.getInt(16));
        large.putInt(0x07064b50).putInt(0).putLong(present ? end : 0).putInt(1);
        plain.putInt(12, -1).putInt(16, -1);
        large.put(bytes, end, 22);
        Path zip = Files.write(folder.resolve("a.zip"), large.array());

        if (present) {
            try (ZipArchive archive = open(zip)) {
                assertThat(archive.files()).containsExactly(new ZipArchive.Entry("1.png", 30));
            }
        } else {
            assertThatThrownBy(() -> open(zip))
                    .hasMessage("a.zip has more than 4096 bytes in its list of files; split it");
        }
    }

    @Test
    void aDamagedFileIsNamedAndOthersAreWhole() throws Exception {
        byte[] noise = new byte[5000];
        new Random(1).nextBytes(noise);
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("1.png", noise);
        files.put("2.png", noise);
        Path zip = zip(files);
        byte[] bytes = Files.readAllBytes(zip);
        bytes[2000] ^= 1;
        Files.write(zip, bytes);

        try (ZipArchive archive = open(zip)) {
            assertThatThrownBy(() -> archive.bytes(archive.files().getFirst()))
                    .isInstanceOf(DamagedEntryException.class)
                    .hasMessageContaining("1.png");
            assertThat(archive.bytes(archive.files().getLast())).isEqualTo(noise);
        }
    }

    @Test
    void aCutArchiveIsRefused() throws Exception {
        Path zip = zip(Map.of("1.png", new byte[3000]));
        byte[] bytes = Files.readAllBytes(zip);
        Files.write(zip, Arrays.copyOf(bytes, bytes.length - 30));

        assertThat(ZipArchive.isZip(zip)).isTrue();
        assertThatThrownBy(() -> open(zip)).hasMessage("a.zip is not a whole zip archive; use a complete file");
    }

    @Test
    void anEncryptedArchiveIsRefused() throws Exception {
        Path zip = zip(Map.of("1.png", new byte[30]));
        byte[] bytes = Files.readAllBytes(zip);
        for (int i = 0; i < bytes.length - 10; i++) {
            if (bytes[i] == 'P' && bytes[i + 1] == 'K' && bytes[i + 2] == 1 && bytes[i + 3] == 2) {
                bytes[i + 8] |= 1;
            }
        }
        Files.write(zip, bytes);

        assertThatThrownBy(() -> open(zip)).hasMessage("a.zip is encrypted; make the archive again without a password");
    }

    @Test
    void twoFilesOfOneNameAreRefused() throws Exception {
        Path zip = zip(Map.of("12.png", new byte[30], "34.png", new byte[30]));
        String text = new String(Files.readAllBytes(zip), StandardCharsets.ISO_8859_1).replace("34.png", "12.png");
        Files.write(zip, text.getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(() -> open(zip)).hasMessage("a.zip has two files named 12.png; make the archive again");
    }

    private static ZipArchive open(Path zip) throws SourceException, IOException {
        return ZipArchive.open(zip, LIMITS);
    }

    private Path zip(Map<String, byte[]> files) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                zip.putNextEntry(new ZipEntry(file.getKey()));
                zip.write(file.getValue());
                zip.closeEntry();
            }
        }
        return Files.write(folder.resolve("a.zip"), bytes.toByteArray());
    }
}
