package io.framequota.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FormattingTest {
    @Test
    void progressHasFramesRateAndTimeLeft() {
        assertThat(Formatting.progress("a.mp4", 200, 0, 1394, Duration.ofSeconds(2), "running"))
                .isEqualTo("a.mp4: 200/1394 frames, 100.0 frames/s, 12 s left");
        assertThat(Formatting.progress("a.mp4", 200, 0, 0, Duration.ofSeconds(2), "running"))
                .isEqualTo("a.mp4: 200 frames, 100.0 frames/s");
        assertThat(Formatting.progress("a.mp4", 0, 0, 1394, Duration.ofSeconds(2), "queued"))
                .isEqualTo("a.mp4: 0/1394 frames, queued");
        assertThat(Formatting.progress("a.mp4", 1394, 0, 1394, Duration.ofSeconds(10), "running"))
                .isEqualTo("a.mp4: 1394/1394 frames, 139.4 frames/s");
        assertThat(Formatting.progress("a.jpg", 1, 0, 1, Duration.ofSeconds(1), "running"))
                .isEqualTo("a.jpg: 1/1 frame, 1.0 frames/s");
    }

    @Test
    void theRateOfAResumedRunCountsOnlyItsOwnFrames() {
        assertThat(Formatting.progress("a.mp4", 1000, 900, 1100, Duration.ofSeconds(2), "running"))
                .isEqualTo("a.mp4: 1000/1100 frames, 50.0 frames/s, 2 s left");
        assertThat(Formatting.progress("a.mp4", 900, 900, 1100, Duration.ofSeconds(2), "running"))
                .isEqualTo("a.mp4: 900/1100 frames, running");
    }

    @Test
    void durationsHaveSuitableUnits() {
        assertThat(Formatting.duration(59)).isEqualTo("59 s");
        assertThat(Formatting.duration(185)).isEqualTo("3 min 5 s");
        assertThat(Formatting.duration(7620)).isEqualTo("2 h 7 min");
    }

    @Test
    void progressReplacesItsLineOnAScreenAndAddsLinesToALog() {
        assertThat(messages(true)).isEqualTo("\r\u001b[K1 frame\r\u001b[K2 frames\r\u001b[Kfq: done\n");
        assertThat(messages(false)).isEqualTo("1 frame\n2 frames\nfq: done\n");
    }

    private static String messages(boolean interactive) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(System.out, new PrintStream(err), Path.of("/"), interactive);
        terminal.progress("1 frame");
        terminal.progress("2 frames");
        terminal.say("done");
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aScreenShowsABarInColoursUnlessNoColorIsSet() {
        assertThat(bar(true, true)).isEqualTo("\r\u001b[K\u001b[32m█████\u001b[0m" + "░".repeat(15) + " a.mp4");
        assertThat(bar(true, false)).isEqualTo("\r\u001b[K█████" + "░".repeat(15) + " a.mp4");
        assertThat(bar(false, true)).isEqualTo("a.mp4\n");

        assertThat(Terminal.hasColours(Map.of("TERM", "xterm"))).isTrue();
        assertThat(Terminal.hasColours(Map.of("TERM", "xterm", "NO_COLOR", "1")))
                .isFalse();
        assertThat(Terminal.hasColours(Map.of("TERM", "dumb"))).isFalse();
    }

    private static String bar(boolean interactive, boolean colours) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
        new Terminal(System.out, stream, Path.of("/"), interactive, colours).progress(0.25, "a.mp4");
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void controlCharactersInCellsDoNotReachTheTerminal() {
        assertThat(Formatting.table(List.of(List.of("NAME"), List.of("a\u001b[31m\nb"))))
                .isEqualTo("NAME\na\\x1B[31m\\nb");
    }
}
