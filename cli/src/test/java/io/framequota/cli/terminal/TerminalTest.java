package io.framequota.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.common.failure.Failure;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class TerminalTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void aFailedWriteToStandardOutputEndsTheCommand() {
        Terminal terminal = terminal("No space left on device");
        assertThatThrownBy(() -> terminal.print("a"))
                .isInstanceOf(UncheckedIOException.class)
                .extracting(e -> Failure.words(e))
                .isEqualTo("cannot write to standard output: No space left on device");
        assertThatThrownBy(() -> terminal.print(new ByteArrayInputStream(new byte[3])))
                .isInstanceOf(UncheckedIOException.class);
        assertThat(terminal.finish(1)).isEqualTo(1);
        assertThat(messages()).isEmpty();
    }

    @Test
    void aFailedWriteByOthersIsReportedAtTheEnd() {
        Terminal terminal = terminal("No space left on device");
        terminal.bytes().println("help");
        assertThat(terminal.finish(0)).isEqualTo(1);
        assertThat(messages()).isEqualTo("fq: cannot write to standard output: No space left on device\n");
    }

    @Test
    void aReaderThatClosedThePipeIsNoError() throws IOException {
        Terminal terminal = terminal("Broken pipe");
        terminal.print("a");
        InputStream much = InputStream.nullInputStream();
        terminal.print(new ByteArrayInputStream(new byte[1 << 20]));
        terminal.print(much);
        assertThat(terminal.finish(0)).isZero();
        assertThat(terminal.finish(2)).isEqualTo(2);
        assertThat(messages()).isEmpty();
    }

    @Test
    void aMessageIsOneLineOfUtf8WhateverNamesItContains() {
        Terminal terminal = terminal("");
        terminal.say("no file a\nb\u001b[2Jc \udce9 é");
        assertThat(messages()).isEqualTo("fq: no file a\\nb\\x1B[2Jc \\xE9 é\n");
    }

    private String messages() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private Terminal terminal(String trouble) {
        OutputStream broken = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(trouble);
            }
        };
        return new Terminal(
                broken,
                new PrintStream(err, false, StandardCharsets.UTF_8),
                Path.of("").toAbsolutePath(),
                false);
    }
}
