package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A video from a pipe, in a folder whose name is no text, to a pipe and through a link. */
@Tag("long")
class FilesST {
    @TempDir
    Path folder;

    @Test
    void aVideoIsReadFromAPipeAndItsResultsAreWrittenToOne() throws Exception {
        Path video = folder.resolve("v.mkv");
        io.framequota.media.testing.Ffmpeg.make(video, "-f lavfi -i testsrc2=size=160x120:rate=10 -frames:v 10");
        int code = bash("""
                cat v.mkv | "$FQ" detect - -o - --annotate drawn.mp4 >lines || exit
                d=$'caf\\xe9'; mkdir "$d"; cp v.mkv "$d"/$'v\\xe9.mkv'; cd "$d"; mkfifo pipe; ln -s ../real.mp4 link.mp4
                cat pipe >../from-pipe &
                LC_ALL=C "$FQ" detect $'v\\xe9.mkv' -o pipe --annotate link.mp4 --json >../json || exit
                wait; [ -L link.mp4 ] && [ -p pipe ] && [ ! -e pipe.resume ]""");
        assertThat(code).as(Files.readString(folder.resolve("err"))).isZero();
        assertThat(Files.readAllLines(folder.resolve("lines")))
                .hasSize(10)
                .first()
                .asString()
                .startsWith("{\"frame\":0,");
        assertThat(Files.readAllLines(folder.resolve("from-pipe"))).hasSize(10);
        assertThat(Server.parse(Files.readString(folder.resolve("json")))
                        .path("source")
                        .asText())
                .isEqualTo("v\\xE9.mkv");
        assertThat(Files.size(folder.resolve("drawn.mp4"))).isPositive();
        assertThat(Files.size(folder.resolve("real.mp4"))).isPositive();
    }

    private int bash(String script) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("timeout", "400", "bash", "-c", script)
                .directory(folder.toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(folder.resolve("err").toFile());
        builder.environment().put("FRAMEQUOTA_NO_BUILD", "1");
        builder.environment().put("FQ", Fq.ROOT.resolve("fq").toString());
        return builder.start().waitFor();
    }
}
