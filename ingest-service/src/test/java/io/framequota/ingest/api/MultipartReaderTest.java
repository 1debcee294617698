package io.framequota.ingest.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.ingest.failure.RejectedRequestException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MultipartReaderTest {
    private static final String TYPE = "multipart/form-data; boundary=\"XyZ\"";

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 8192, 1 << 20})
    void partsAreCompleteForReadsOfAnySize(int piece) throws IOException {
        byte[] file = new byte[300_000];
        new Random(1).nextBytes(file);
        // Bytes that resemble a delimiter.
        byte[] nearly = "\r\n--XyY\r\n--Xy\r\n-\r\r\n--X".getBytes(StandardCharsets.UTF_8);
        System.arraycopy(nearly, 0, file, 1000, nearly.length);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes("--XyZ\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\npeople\r\n--XyZ\r\n"
                .getBytes(StandardCharsets.UTF_8));
        body.writeBytes(
                "content-disposition: form-data; name=file; filename=\"ä b.mp4\"\r\nContent-Type: video/mp4\r\n\r\n"
                        .getBytes(StandardCharsets.UTF_8));
        body.writeBytes(file);
        body.writeBytes("\r\n--XyZ--\r\n".getBytes(StandardCharsets.UTF_8));

        MultipartReader parts = MultipartReader.of(pieces(body.toByteArray(), piece), TYPE);

        MultipartReader.Part model = parts.next().orElseThrow();
        assertThat(model.name()).isEqualTo("model");
        assertThat(model.fileName()).isNull();
        assertThat(parts.text(model)).isEqualTo("people");
        MultipartReader.Part video = parts.next().orElseThrow();
        assertThat(video.fileName()).isEqualTo("ä b.mp4");
        assertThat(video.body().readAllBytes()).isEqualTo(file);
        assertThat(parts.next()).isEmpty();
    }

    @Test
    void anUnreadPartIsSkipped() throws IOException {
        MultipartReader parts = multipart("--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n"
                + "x".repeat(500_000) + "\r\n--XyZ\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\n\r\n--XyZ--");

        assertThat(parts.next().orElseThrow().name()).isEqualTo("a");
        MultipartReader.Part b = parts.next().orElseThrow();
        assertThat(b.name()).isEqualTo("b");
        assertThat(parts.text(b)).isEmpty();
        assertThat(parts.next()).isEmpty();
    }

    @Test
    void aRequestThatBreaksOffIsAnError() {
        String whole = "--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n123\r\n--XyZ--";
        for (int length = 0; length < whole.length() - 2; length++) {
            String part = whole.substring(0, length);
            assertThatThrownBy(() -> {
                        MultipartReader parts = multipart(part);
                        while (parts.next().isPresent()) {}
                    })
                    .as(part)
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void malformedRequestsAreRejectedWithOneLine() {
        assertThatThrownBy(() -> MultipartReader.of(InputStream.nullInputStream(), "multipart/form-data"))
                .isInstanceOf(RejectedRequestException.class)
                .hasMessageContaining("boundary");
        assertThatThrownBy(() -> multipart("--XyZ\r\nContent-Type: text/plain\r\n\r\nx\r\n--XyZ--")
                        .next())
                .isInstanceOf(RejectedRequestException.class)
                .hasMessageContaining("no name");
        assertThatThrownBy(() -> multipart("--XyZ\r\nX: " + "y".repeat(200_000)).next())
                .isInstanceOf(RejectedRequestException.class)
                .hasMessageContaining("too long");
        assertThatThrownBy(() -> {
                    MultipartReader parts = multipart(field("a", "z".repeat(100_000)) + "--XyZ--");
                    parts.text(parts.next().orElseThrow());
                })
                .isInstanceOf(RejectedRequestException.class)
                .hasMessageContaining("field a");
        assertThatThrownBy(() -> multipart("--XyZ\r\nContent-Disposition: form-data; name=\"a\r\n\r\nx\r\n--XyZ--")
                        .next())
                .isInstanceOf(RejectedRequestException.class)
                .hasMessageContaining("no end");
    }

    @ParameterizedTest
    @CsvSource(
            value = {
                "filename=\"a\\\"b.mp4\"|a\"b.mp4",
                "filename=\"a\\\\b.mp4\"|a\\b.mp4",
                "filename=\"C:\\video.mp4\"|C:\\video.mp4",
                "filename=\"a;name=x.mp4\"|a;name=x.mp4",
                "filename=plain.mp4; x=1|plain.mp4",
                "FileName=\"b.mp4\"|b.mp4"
            },
            delimiter = '|',
            quoteCharacter = '`')
    void quotedNamesAreReadToTheirEnd(String parameter, String name) throws IOException {
        MultipartReader.Part part = multipart(
                        "--XyZ\r\nContent-Disposition: form-data; name=\"file\"; " + parameter + "\r\n\r\nx\r\n--XyZ--")
                .next()
                .orElseThrow();

        assertThat(part.name()).isEqualTo("file");
        assertThat(part.fileName()).isEqualTo(name);
    }

    @Test
    void partsFieldsAndHeadersAreLimitedWhileTheyAreRead() {
        assertRejectedWhileReading("small", 200, "more than 128 parts");
        assertRejectedWhileReading("x".repeat(15_000), 60, "together are longer");
        assertThatThrownBy(() -> {
                    String header = "X-Long: " + "y".repeat(15_000) + "\r\n";
                    MultipartReader parts =
                            multipart(("--XyZ\r\n" + header + "Content-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n")
                                    .repeat(60));
                    while (parts.next().isPresent()) {}
                })
                .isInstanceOf(RejectedRequestException.class)
                .hasMessageContaining("together are longer");
    }

    private static void assertRejectedWhileReading(String value, int times, String why) {
        // The stream is endless, so a check after reading it would never happen.
        InputStream endless = new SequenceInputStream(
                new ByteArrayInputStream(field("label", value).repeat(times).getBytes(StandardCharsets.UTF_8)),
                new InputStream() {
                    @Override
                    public int read() {
                        throw new AssertionError("read beyond the limit");
                    }
                });
        MultipartReader parts = MultipartReader.of(endless, TYPE);
        assertThatThrownBy(() -> {
                    while (true) {
                        parts.text(parts.next().orElseThrow());
                    }
                })
                .isInstanceOf(RejectedRequestException.class)
                .hasMessageContaining(why);
    }

    private static String field(String name, String value) {
        return "--XyZ\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
    }

    private static MultipartReader multipart(String body) {
        return MultipartReader.of(new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)), TYPE);
    }

    /** A stream whose reads return at most this many bytes. */
    private static InputStream pieces(byte[] bytes, int atMost) {
        return new FilterInputStream(new ByteArrayInputStream(bytes)) {
            @Override
            public int read(byte[] b, int off, int len) throws IOException {
                return super.read(b, off, Math.min(len, atMost));
            }
        };
    }
}
