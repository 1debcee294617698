package io.framequota.cli.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.framequota.cli.FqTestBase;
import io.framequota.cli.terminal.Terminal;
import io.framequota.common.failure.Failure;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ModelDownloadTest extends FqTestBase {
    private static final byte[] MODEL = new byte[300_000];
    private final List<String> ranges = new CopyOnWriteArrayList<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private HttpServer server;
    /** The bytes after which an answer breaks off. */
    private int breaksAfter = Integer.MAX_VALUE;
    /** Whether it stops there without closing the connection. */
    private boolean stalls;

    private boolean ignoresRanges;

    @BeforeEach
    void start() throws IOException {
        new Random(1).nextBytes(MODEL);
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(command -> Thread.ofVirtual().start(command));
        server.createContext("/yolox_nano.onnx", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        end.countDown();
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String range = exchange.getRequestHeaders().getFirst("Range");
        ranges.add(String.valueOf(range));
        int from = range == null || ignoresRanges ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
        if (from > 0) {
            exchange.getResponseHeaders()
                    .add("Content-Range", "bytes " + from + "-" + (MODEL.length - 1) + "/" + MODEL.length);
        }
        exchange.sendResponseHeaders(from > 0 ? 206 : 200, MODEL.length - from);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(MODEL, from, Math.min(breaksAfter, MODEL.length - from));
            out.flush();
            if (stalls) {
                end.await();
            }
        } catch (IOException | InterruptedException e) {
            // The client is gone, or the answer is shorter than announced, which closes the connection.
        }
    }

    private URI uri() {
        return URI.create(mirror() + "/yolox_nano.onnx");
    }

    private String mirror() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private String sha256() throws IOException {
        return ModelDownload.digest(Files.write(folder.resolve("whole"), MODEL));
    }

    private Path fetch(URI uri, @Nullable String sha256) throws IOException, InterruptedException {
        Terminal terminal = new Terminal(new PrintStream(out), new PrintStream(err), folder, false);
        return new ModelDownload(terminal, folder.resolve("downloads"), Duration.ofSeconds(1))
                .fetch(new ModelDownload.Wanted("mine", uri, 0, sha256))
                .file();
    }

    private List<Path> left() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("downloads"))) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void continuesWhereItBrokeOff() throws Exception {
        breaksAfter = 100_000;
        stalls = true;
        assertThatThrownBy(() -> fetch(uri(), sha256()))
                .isInstanceOf(Failure.class)
                .hasMessage(
                        "the download of mine broke off after 100000 bytes: type the same command again to continue it");
        stalls = false;
        breaksAfter = Integer.MAX_VALUE;

        assertThat(fetch(uri(), sha256())).hasBinaryContent(MODEL).hasFileName("yolox_nano.onnx");
        assertThat(ranges).containsExactly("null", "bytes=100000-");
    }

    @Test
    void aServerThatIgnoresRangesSendsItAgain() throws Exception {
        breaksAfter = 100_000;
        stalls = true;
        assertThatThrownBy(() -> fetch(uri(), sha256())).hasMessageContaining("broke off");
        stalls = false;
        breaksAfter = Integer.MAX_VALUE;
        ignoresRanges = true;

        assertThat(fetch(uri(), sha256())).hasBinaryContent(MODEL);
        assertThat(ranges).containsExactly("null", "bytes=100000-");
    }

    @Test
    void anotherFileThanTheOneWantedIsDeleted() throws Exception {
        String other = "0".repeat(64);
        assertThatThrownBy(() -> fetch(uri(), other))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("its SHA-256 is " + sha256() + ", not " + other + "; nothing was added");
        assertThat(left()).isEmpty();
    }

    @Test
    void withoutADigestItBeginsAnewAndSaysWhatItGot() throws Exception {
        breaksAfter = 100_000;
        assertThatThrownBy(() -> fetch(uri(), null)).hasMessageContaining("try again");
        assertThat(left()).isEmpty();
        breaksAfter = Integer.MAX_VALUE;

        assertThat(fetch(uri(), null)).hasBinaryContent(MODEL);
        assertThat(err()).contains("the SHA-256 of " + uri() + " is " + sha256());
        assertThat(ranges).containsExactly("null", "null");
    }

    @Test
    void withoutAConnectionItSaysWhatElseCanBeDone() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        URI nobody = URI.create("http://127.0.0.1:" + free + "/yolox_nano.onnx");
        assertThatThrownBy(() -> fetch(nobody, sha256()))
                .hasMessage("cannot reach 127.0.0.1 to download mine: check the connection, or download " + nobody
                        + " on another machine and type fq model add FILE --name mine, or set FRAMEQUOTA_MODEL_MIRROR to the"
                        + " URL of a folder with that file");
        URI missing = URI.create(mirror() + "/none.onnx");
        assertThatThrownBy(() -> fetch(missing, sha256())).hasMessageContaining(missing + " answered 404");
    }

    @Test
    void theMirrorIsAskedForTheCataloguesFile() throws IOException {
        Path jar = folder.resolve("inference-server/target/inference-server.jar");
        Files.createDirectories(jar.getParent());
        Files.createFile(jar);

        int code = run(Map.of("FRAMEQUOTA_MODEL_MIRROR", mirror()), "model", "add", "yolox_nano");

        // It has another file.
        assertThat(code).isEqualTo(1);
        assertThat(err()).contains("its SHA-256 is " + sha256()).doesNotContain("Exception");
        assertThat(ranges).hasSize(1);
        assertThat(folder.resolve("state/models")).doesNotExist();
        assertThat(run(Map.of("FRAMEQUOTA_MODEL_MIRROR", "nonsense"), "model", "add", "yolox_nano"))
                .isEqualTo(2);
        assertThat(err()).contains("FRAMEQUOTA_MODEL_MIRROR nonsense: give a URL");
    }

    @Test
    void theCataloguesEntriesAreComplete() {
        assertThat(DownloadableModel.ALL).allSatisfy(model -> {
            assertThat(model.sha256()).matches("[0-9a-f]{64}");
            assertThat(model.uri()).hasScheme("https");
            assertThat(model.file()).isEqualTo(model.name() + ".onnx");
            assertThat(model.bytes()).isPositive();
            assertThat(model.licence()).isNotEmpty();
        });
        assertThat(List.of("yolox_nano", "yolox_tiny", "yolox_s"))
                .containsExactlyElementsOf(DownloadableModel.ALL.stream()
                        .map(DownloadableModel::name)
                        .toList());
    }
}
