package io.framequota.common.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class Utf8FilesTest {
    private static final String TEXT = "person\r\nöffentlich\n";

    @Test
    void skipsAByteOrderMark() throws Exception {
        byte[] marked = ("\uFEFF" + TEXT).getBytes(StandardCharsets.UTF_8);

        assertThat(Utf8Files.decode("labels.txt", marked)).isEqualTo(TEXT);
        assertThat(Utf8Files.decode("labels.txt", TEXT.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(TEXT);
        assertThat(Utf8Files.decode("labels.txt", new byte[0])).isEmpty();
    }

    @Test
    void refusesAnotherEncodingWithFileAndLine() {
        assertThatThrownBy(() -> Utf8Files.decode("labels.txt", TEXT.getBytes(StandardCharsets.ISO_8859_1)))
                .hasMessage("labels.txt, line 2: the byte 0xF6 is not UTF-8; save it as UTF-8");
        for (Charset utf16 : List.of(
                StandardCharsets.UTF_16,
                StandardCharsets.UTF_16LE,
                StandardCharsets.UTF_16BE,
                Charset.forName("x-UTF-16LE-BOM"))) {
            assertThatThrownBy(() -> Utf8Files.decode("labels.txt", "person\n".getBytes(utf16)))
                    .as(utf16.name())
                    .hasMessageStartingWith("labels.txt")
                    .hasMessageContaining("UTF-16")
                    .hasMessageNotContainingAny("\n", "Exception");
        }
    }

    @Test
    void refusesATruncatedCharacterAtTheEnd() {
        byte[] whole = "person\ncafé".getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> Utf8Files.decode("labels.txt", java.util.Arrays.copyOf(whole, whole.length - 1)))
                .hasMessageContaining("line 2");
    }
}
