package io.framequota.cli.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.cli.StubServer;
import io.framequota.cli.terminal.OutputFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultFileTest {
    @TempDir
    Path folder;

    private final byte[] first = StubServer.gzip("{\"frame\":0}\n{\"frame\":1}\n");
    private final byte[] second = StubServer.gzip("{\"frame\":2}\n");

    ResultFileTest() throws IOException {}

    @Test
    void completeMembersAreKeptUnchanged() throws IOException {
        Path target = folder.resolve("new/out.jsonl.gz");
        try (ResultFile file = file(target)) {
            file.takeFrom(new ByteArrayInputStream(join(first, second)));
            assertThat(file.lines()).isEqualTo(3);
            assertThat(target).doesNotExist();
            file.keep();
        }
        assertThat(target).hasBinaryContent(join(first, second));
        assertThat(folder.resolve("new")).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void anIncompleteMemberIsCutWhereverItEnds() throws IOException {
        byte[] all = join(first, second);
        for (int length = 0; length < all.length; length++) {
            Path target = folder.resolve("out.jsonl.gz");
            try (ResultFile file = file(target)) {
                file.takeFrom(new ByteArrayInputStream(all, 0, length));
                file.keep();
                assertThat(file.lines()).isEqualTo(length < first.length ? 0 : 2);
            }
            assertThat(target).hasBinaryContent(length < first.length ? new byte[0] : first);
        }
    }

    @Test
    void membersMayArriveInAnyPieces() throws IOException {
        Path target = folder.resolve("out.jsonl");
        try (ResultFile file = file(target)) {
            file.takeFrom(byteByByte(join(first, second, Arrays.copyOf(first, 9))));
            file.keep();
        }
        assertThat(target).hasContent("{\"frame\":0}\n{\"frame\":1}\n{\"frame\":2}\n");
    }

    @Test
    void withoutKeepNoFileIsLeft() throws IOException {
        try (ResultFile file = file(folder.resolve("out.jsonl.gz"))) {
            file.takeFrom(new ByteArrayInputStream(first));
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aDamagedMemberIsRefused() throws IOException {
        byte[] damaged = first.clone();
        damaged[damaged.length - 7] ^= 1;
        for (byte[] bad :
                List.of(damaged, "{\"frame\":0}\n and more".getBytes(java.nio.charset.StandardCharsets.UTF_8))) {
            try (ResultFile file = file(folder.resolve("out.jsonl.gz"))) {
                assertThatThrownBy(() -> file.takeFrom(new ByteArrayInputStream(bad)))
                        .isInstanceOf(IOException.class);
            }
        }
    }

    private static ResultFile file(Path target) throws IOException {
        return new ResultFile(OutputFile.open(target), target.toString());
    }

    private static InputStream byteByByte(byte[] bytes) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] b, int off, int len) {
                return super.read(b, off, Math.min(1, len));
            }
        };
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
