package io.framequota.ingest.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MediaKindTest {
    @TempDir
    Path folder;

    /** Control characters and bytes above 127 are written as ~HH. */
    @ParameterizedTest
    @CsvSource({
        "~00~00~00~20ftypisom, video/mp4",
        "~00~00~00~14ftypqt  ~00, video/quicktime",
        "~1a~45~df~a3~01~00~00~00~00~00~00~1f~42~82webm, video/webm",
        "~1a~45~df~a3~01~00~00~00~00~00~00~1f~42~82matroska, video/x-matroska",
        "RIFF~10~00~00~00AVI LIST, video/x-msvideo",
        "RIFF~10~00~00~00WEBPVP8, image/webp",
        "RIFF~10~00~00~00WAVEfmt, application/octet-stream",
        "OggS, video/ogg",
        "FLV~01, video/x-flv",
        "~ff~d8~ff~e0, image/jpeg",
        "~89PNG~0d~0a~1a~0a, image/png",
        "GIF89a, image/gif",
        "PK~03~04, application/octet-stream",
        "<!doctype html><script>, application/octet-stream",
        "<svg xmlns='http://www.w3.org/2000/svg'/>, application/octet-stream",
        "'', application/octet-stream",
    })
    void aFileHasTheTypeOfItsFirstBytes(String head, String type) throws IOException {
        assertThat(MediaKind.of(file(bytes(head)))).isEqualTo(type);
    }

    @Test
    void aTransportStreamIsKnownByTheBeginningsOfTwoPackets() throws IOException {
        byte[] packets = new byte[400];
        packets[0] = 'G';
        assertThat(MediaKind.of(file(packets))).isEqualTo("application/octet-stream");
        packets[188] = 'G';
        assertThat(MediaKind.of(file(packets))).isEqualTo("video/mp2t");
    }

    private Path file(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("f"), bytes);
    }

    private static byte[] bytes(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '~') {
                out.append((char) Integer.parseInt(text.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                out.append(text.charAt(i));
            }
        }
        return out.toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
