package io.framequota.common.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageSanitizerTest {
    @Test
    void describesFailuresWithoutClassNamesAndPaths() {
        assertThat(MessageSanitizer.describe(new UnknownHostException("nowhere.invalid: Name or service not known")))
                .isEqualTo("no host has this name");
        assertThat(MessageSanitizer.describe(new ConnectException())).isEqualTo("nothing answers there");
        assertThat(MessageSanitizer.describe(
                        new IOException(new ConnectException(null).initCause(new UnresolvedAddressException()))))
                .isEqualTo("nothing answers there");
        assertThat(MessageSanitizer.describe(new NoSuchFileException("/data/storage/uploads/1/a.mp4")))
                .isEqualTo("a file is missing");
        assertThat(MessageSanitizer.describe(new FileSystemException("/data/a", null, "No space left on device")))
                .isEqualTo("No space left on device");
        assertThat(MessageSanitizer.describe(new IOException("cannot open /data/storage/x")))
                .isEqualTo("an error inside the server, whose log says more");
        assertThat(MessageSanitizer.describe(new IllegalStateException("java.lang.Foo")))
                .isEqualTo("an error inside the server, whose log says more");
        assertThat(MessageSanitizer.describe(
                        new IOException("java.lang.IllegalStateException: it ended early\n  at x")))
                .isEqualTo("it ended early   at x");
    }

    @ParameterizedTest
    @CsvSource(
            value = {
                "http://u:p@host/a.mp4|http://***@host/a.mp4",
                "http://u:p@ss@host:8080/a@2x.mp4|http://***@host:8080/a@2x.mp4",
                "rtsp://token@host|rtsp://***@host",
                "https://h/a?x=1&X-Amz-Signature=ab%2Fc&y=2|https://h/a?x=1&X-Amz-Signature=***&y=2",
                "https://h/a?sig=abc|https://h/a?sig=***",
                "https://h/a?access_token=abc#t=3|https://h/a?access_token=***#t=3",
                "from http://a:b@c/d to http://e:f@g/h|from http://***@c/d to http://***@g/h",
                "http://admin:123/PW@127.0.0.1/x|http://***@127.0.0.1/x",
                "http://admin:1?PW@h/x|http://***@h/x",
                "http://admin:p/w#P@W@h/x|http://***@h/x",
                "https://h/a#access_token=abc&n=1|https://h/a#access_token=***&n=1",
                "https://h/a?%74oken=abc|https://h/a?%74oken=***",
                "https://h/a?session=abc;jwt=d;sid=e|https://h/a?session=***;jwt=***;sid=***",
                "https://h/a?x=0123456789abcdef0123&y=1|https://h/a?x=***&y=1",
                "https://h/a?eyJhbGciOiJIUzI1NiJ9.abc|https://h/a?***",
                "rtmp://h:1935/live/camera-north|rtmp://h:1935/live/cam***",
                "rtmps://u:p@h/app/inst/stream-key?x=1|rtmps://***@h/app/i***/st***?x=1",
                "RTMP://h/live/abc; check it|RTMP://h/live/***; check it",
                "rtmp://h/live/cam***/annotated: no|rtmp://h/live/cam***/an***: no",
                "rtmp://h/live|rtmp://h/live",
                "rtmp://h/live/ is empty|rtmp://h/live/ is empty"
            },
            delimiter = '|')
    void masksSecretsOfAddresses(String text, String masked) {
        assertThat(MessageSanitizer.maskSecrets(text)).isEqualTo(masked);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://host/a@b.mp4",
                "http://host/v?design=1&keyframe=2&size=3",
                "my@clip.mp4",
                "sample:walkers"
            })
    void leavesOtherTextUnchanged(String text) {
        assertThat(MessageSanitizer.maskSecrets(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/a",
                "a.",
                "a://",
                "a://b:c@",
                "?a",
                "?a=b",
                "&%61",
                "a-",
                " /a/",
                "(/a",
                "\u0001",
                "x:/y:@",
                "#"
            })
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void handlesLongTextsOfAnyKindInTime(String piece) {
        for (String start : List.of("", "ftp:(", "http://h", "java.")) {
            assertThat(MessageSanitizer.sanitize(start + piece.repeat(100_000))).hasSizeLessThan(4200);
        }
    }

    @Test
    void masksPasswordsBeforeItCutsLongTexts() {
        assertThat(MessageSanitizer.sanitize("x".repeat(4080) + " http://u:hush" + "h".repeat(5000) + "@host"))
                .doesNotContain("hush");
    }

    @Test
    void removesFoldersFromPathsAndKeepsAddresses() {
        assertThat(MessageSanitizer.sanitize("/srv/storage/uploads/5/cat.webp is damaged"))
                .isEqualTo("cat.webp is damaged");
        assertThat(MessageSanitizer.sanitize("cannot open '/srv/storage/cat.mp4': bad (/tmp/a/b.so) file:/srv/q/r.bin"))
                .isEqualTo("cannot open 'cat.mp4': bad (b.so) r.bin");
        assertThat(MessageSanitizer.sanitize("http://host:80/a/b/c.mp4 answered 404; 3/4 of it, and/or nothing"))
                .isEqualTo("http://host:80/a/b/c.mp4 answered 404; 3/4 of it, and/or nothing");
    }
}
