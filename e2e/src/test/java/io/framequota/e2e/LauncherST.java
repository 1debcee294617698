package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real {@code fq} in the surroundings that users have: locales, streams, names and files of every kind. */
class LauncherST {
    /** Names a folder and a file that no encoding but the file system's own has: UTF-8 and Latin-1 in one. */
    private static final String ODD =
            "d=$'caf\\xe9 caf\\xc3\\xa9'; mkdir \"$d\"; cd \"$d\"; e=$'exp\\xff.yaml'; cp \"$EXPERIMENT\" \"$e\"; ";

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {"LC_ALL=C", "LC_ALL=POSIX", "LC_ALL=xx_YY", "LC_ALL=de_DE.ISO-8859-1", "LC_CTYPE=C", "LANG="})
    void namesAreBytesInEveryLocale(String locale) throws Exception {
        // As cron and systemd start programs: with hardly any environment.
        Fq.Ended ended = script(ODD + "env -i PATH=\"$PATH\" FRAMEQUOTA_NO_BUILD=1 " + locale
                + " \"$FQ\" experiment run \"$e\" --json && [ -f exp?/report.html ]");
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.err()).contains("caf\\xE9 café").doesNotContain("Exception");
        assertThat(ended.out()).contains("\"one-request-at-a-time\"");
    }

    @Test
    void anUnwritableStandardOutputIsReportedInOneLineWithExitCodeOne() throws Exception {
        for (String command : List.of(
                "--help",
                "detect --help",
                "--version",
                "experiment list",
                "experiment run \"$EXPERIMENT\" -o r --json")) {
            Fq.Ended full = script("\"$FQ\" " + command + " >/dev/full");
            assertThat(full.code()).as(command + ": " + full.err()).isEqualTo(1);
            assertThat(full.err().lines().filter(l -> l.startsWith("fq: cannot")))
                    .containsExactly("fq: cannot write to standard output: No space left on device");
        }
        Fq.Ended closed = script("\"$FQ\" experiment list >&-");
        assertThat(closed.code()).isEqualTo(1);
        assertThat(closed.err())
                .startsWith("fq: cannot write to standard output")
                .hasLineCount(1);
    }

    @Test
    void aReaderThatClosesThePipeIsNoError() throws Exception {
        Fq.Ended ended = script("\"$FQ\" experiment list | true; echo ${PIPESTATUS[0]}");
        assertThat(ended.out()).isEqualTo("0\n");
        assertThat(ended.err()).isEmpty();
    }

    @Test
    void anOutputThatIsASourceIsRefusedBeforeAnythingStarts() throws Exception {
        Files.writeString(folder.resolve("a.mp4"), "video");
        Files.createLink(folder.resolve("hard"), folder.resolve("a.mp4"));
        Files.createSymbolicLink(folder.resolve("link"), Path.of("a.mp4"));
        for (String arguments : List.of(
                "a.mp4 -o a.mp4",
                "a.mp4 -o hard",
                "link -o ./a.mp4",
                "a.mp4 --annotate hard",
                "a.mp4 -o x --annotate ./x",
                "a.mp4 hard --annotate .",
                "- -o a.mp4 <a.mp4")) {
            Fq.Ended ended = script("\"$FQ\" detect " + arguments);
            assertThat(ended.code()).as(arguments + ": " + ended.err()).isEqualTo(2);
            assertThat(ended.err()).contains("same file").hasLineCount(1);
        }
        assertThat(folder.resolve("a.mp4")).hasContent("video");
        assertThat(script("cp \"$EXPERIMENT\" report.json; \"$FQ\" experiment run report.json -o .")
                        .err())
                .contains("-o: report.json would overwrite the source report.json");
    }

    @Test
    void reportsKeepTheLinksPipesAndModesOfExistingFiles() throws Exception {
        Fq.Ended ended = script("""
            umask 027; mkdir r real; ln -s ../real/page r/report.html; mkfifo r/report.json
            touch r/runs.csv; chmod 600 r/runs.csv
            cat r/report.json >read & "$FQ" experiment run "$EXPERIMENT" -o r; code=$?; wait
            stat -c '%F %a' r/report.html real/page r/report.json r/runs.csv; exit $code\
            """);
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.out().lines().toList().reversed().subList(0, 4).reversed())
                .containsExactly("symbolic link 777", "regular file 640", "fifo 640", "regular file 600");
        assertThat(folder.resolve("read")).content().contains("one-request-at-a-time");
        assertThat(folder.resolve("real/page")).content().contains("</html>");
        assertThat(folder.resolve("r")).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void anotherUsersReadOnlyFileIsRefused() throws Exception {
        assumeTrue(
                script("[ $(id -u) = 0 ] && setpriv --reuid 65534 --clear-groups \"$FQ\" --version")
                                .code()
                        == 0,
                "fq cannot be run as another user here");
        Fq.Ended ended = script("""
            mkdir r home; echo mine >r/runs.csv; chmod 444 r/runs.csv; chmod 777 . r home
            HOME=$PWD/home setpriv --reuid 65534 --clear-groups "$FQ" experiment run "$EXPERIMENT" -o r\
            """);
        assertThat(ended.code()).as(ended.err()).isEqualTo(2);
        assertThat(ended.err()).contains("no permission to write", "runs.csv").hasLineCount(1);
        assertThat(folder.resolve("r/runs.csv")).hasContent("mine");
    }

    @Test
    void textInAnotherEncodingIsReportedWithItsLine() throws Exception {
        Fq.Ended ended = script("printf 'name: x\\ndescription: caf\\xe9\\n' >e.yaml; \"$FQ\" experiment run e.yaml");
        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.err()).isEqualTo("fq: e.yaml:2: the byte 0xE9 is not UTF-8; allowed: UTF-8, save it so\n");
    }

    @Test
    void pipesAreStreamedAsSources() throws Exception {
        BlockingQueue<String> bodies = new LinkedBlockingQueue<>();
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", exchange -> {
            String length = exchange.getRequestHeaders().getFirst("Content-length");
            bodies.add(length + ": " + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            byte[] job = "{\"job\":\"j1\",\"state\":\"QUEUED\"}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(202, job.length);
            exchange.getResponseBody().write(job);
            exchange.close();
        });
        server.start();
        try {
            String url = " --server http://127.0.0.1:" + server.getAddress().getPort();
            for (String command : List.of(
                    "echo pixels | \"$FQ\" submit -",
                    "echo pixels | \"$FQ\" submit /dev/stdin",
                    "\"$FQ\" submit <(echo pixels)",
                    "mkfifo p; echo pixels >p & \"$FQ\" submit p")) {
                Fq.Ended ended = script(command + url);
                assertThat(ended.code()).as(command + ": " + ended.err()).isZero();
                assertThat(ended.out()).isEqualTo("j1\n");
                assertThat(bodies.poll(1, TimeUnit.SECONDS))
                        .startsWith("null: ")
                        .contains("\r\n\r\npixels\n\r\n--");
            }
            // A regular file tells its size, whatever it is called and whatever the locale.
            assertThat(script("f=$'caf\\xe9.mp4'; echo pixels >\"$f\"; LC_ALL=C \"$FQ\" submit \"$f\"" + url)
                            .code())
                    .isZero();
            assertThat(bodies.poll(1, TimeUnit.SECONDS))
                    .doesNotStartWith("null")
                    .contains("filename=\"caf\\xE9.mp4\"")
                    .contains("\r\n\r\npixels\n\r\n--");
        } finally {
            server.stop(0);
        }
        Fq.Ended twice = script("\"$FQ\" submit - - </dev/null");
        assertThat(twice.code()).isEqualTo(2);
        assertThat(twice.err()).contains("standard input").hasLineCount(1);
    }

    @Test
    void anAddressWithoutAServerIsReportedInOneLine() throws Exception {
        HttpServer page = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        page.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 6);
            exchange.getResponseBody().write("<html>".getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });
        page.start();
        try {
            for (String url : List.of(
                    "http://nohost.invalid",
                    "http://127.0.0.1:1",
                    "http://127.0.0.1:" + page.getAddress().getPort())) {
                Fq.Ended ended = script("\"$FQ\" jobs --server " + url);
                assertThat(ended.code()).as(url + ": " + ended.err()).isEqualTo(1);
                assertThat(ended.err()).hasLineCount(1).doesNotContain("Exception", "java.", "null");
            }
        } finally {
            page.stop(0);
        }
    }

    @Test
    void aCommandForAnotherMachinesSystemRecordsNoCachesFirst() throws Exception {
        // A project folder that was just built, and a user who has never run fq.
        Fq.Ended ended = script(
                "root=${FQ%/fq}; mkdir -p mine/.mvn && cp \"$FQ\" mine/ && cp \"$root/.mvn/find-jdk\" mine/.mvn/; for"
                        + " m in cli inference-server ingest-service inference-service scheduler/controller; do mkdir -p"
                        + " mine/$m; ln -s \"$root/$m/target\" mine/$m/target; done; env -u FRAMEQUOTA_NO_BUILD -u"
                        + " FRAMEQUOTA_NO_WARM XDG_CACHE_HOME=\"$PWD/cache\" mine/fq jobs --server http://127.0.0.1:1;"
                        + " code=$?; find cache -name '*.aot' -o -name data; exit $code");

        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.err()).contains("http://127.0.0.1:1").hasLineCount(1);
        assertThat(ended.out()).isEmpty();
    }

    private Fq.Ended script(String script) throws IOException, InterruptedException {
        Path work = Files.createDirectories(folder);
        Path out = Files.createTempFile("fq-e2e", ".out");
        Path err = Files.createTempFile("fq-e2e", ".err");
        try {
            ProcessBuilder builder = new ProcessBuilder("timeout", "200", "bash", "-c", script)
                    .directory(work.toFile())
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().put("FRAMEQUOTA_NO_BUILD", "1");
            builder.environment().put("FQ", Fq.ROOT.resolve("fq").toString());
            builder.environment()
                    .put(
                            "EXPERIMENT",
                            Fq.ROOT
                                    .resolve("experiments/divide-and-conquer.yaml")
                                    .toString());
            builder.environment().remove("FQ_SERVER");
            int code = builder.start().waitFor();
            return new Fq.Ended(code, Files.readString(out), Files.readString(err));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }
}
