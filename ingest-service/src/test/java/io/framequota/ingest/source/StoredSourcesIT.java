package io.framequota.ingest.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.framequota.ingest.encode.ffmpeg.Mp4Encoders;
import io.framequota.ingest.source.sample.SampleVideo;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredSourcesIT {
    @TempDir
    Path storage;

    private HttpServer web;
    private StoredSources sources;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicBoolean stopped = new AtomicBoolean();

    @BeforeEach
    void serve() throws IOException {
        sources = sources(true);
        web = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        web.createContext("/video", exchange -> {
            requests.incrementAndGet();
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(new byte[900]);
            exchange.close();
        });
        web.createContext("/large", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(new byte[2000]);
            exchange.close();
        });
        web.createContext("/moved", exchange -> redirect(exchange, at("/video")));
        web.createContext("/around", exchange -> redirect(exchange, "/around"));
        web.createContext("/file", exchange -> redirect(exchange, "file:///etc/passwd"));
        web.createContext("/never", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(new byte[10]);
            exchange.getResponseBody().flush();
            stopped.set(true);
        });
        web.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        web.start();
    }

    private StoredSources sources(boolean internal) {
        return new StoredSources(storage, 1000, internal, new SampleVideo(new Mp4Encoders()));
    }

    private static void redirect(HttpExchange exchange, String to) throws IOException {
        exchange.getResponseHeaders().add("Location", to);
        exchange.sendResponseHeaders(302, -1);
        exchange.close();
    }

    @Test
    void twoWhoWantTheSameSourceAtTheSameTimeFetchItOnce() throws Exception {
        try (ExecutorService both = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Path>> got = IntStream.range(0, 8)
                    .mapToObj(i -> both.submit(() -> sources.resolve(at("/video"), "shared", stopped::get)))
                    .toList();
            for (Future<Path> one : got) {
                assertThat(one.get()).hasSize(900);
            }
        }
        assertThat(requests).hasValue(1);
    }

    @AfterEach
    void stop() {
        web.stop(0);
    }

    private String at(String path) {
        return "http://127.0.0.1:" + web.getAddress().getPort() + path;
    }

    @Test
    void aFileOnTheWebIsFetchedOnceAndDiscarded() throws Exception {
        Path file = sources.resolve(at("/video"), "job", stopped::get);
        assertThat(file).hasSize(900);
        assertThat(sources.resolve(at("/video"), "job", stopped::get)).isEqualTo(file);
        assertThat(requests).hasValue(1);

        sources.discard("job");

        assertThat(storage.resolve("fetched")).isEmptyDirectory();
    }

    @Test
    void whatCannotBeFetchedIsSaidAndLeavesNothing() {
        refused(at("/nowhere"), "answered 404");
        refused(at("/large"), "larger than 1000 bytes");
        refused("http://127.0.0.1:1/video", "cannot be fetched");
        assertThat(storage.resolve("fetched").resolve("job")).isEmptyDirectory();
    }

    @Test
    void redirectsAreFollowedToTheWebAndNowhereElse() throws Exception {
        assertThat(sources.resolve(at("/moved"), "job", stopped::get)).hasSize(900);
        sources.discard("job");
        refused(at("/around"), "redirected more than 5 times");
        refused(at("/file"), "no address to follow");
    }

    @Test
    void internalAddressesAreNotReadUnlessAllowed() {
        sources = sources(false);
        refused(at("/video"), "internal address 127.0.0.1");
        refused("http://[::1]:1/video", "internal address");
        assertThat(requests).hasValue(0);
    }

    @Test
    void aStopEndsFetching() {
        assertThatThrownBy(() -> sources.resolve(at("/never"), "job", stopped::get))
                .isInstanceOf(InterruptedException.class);
        assertThat(storage.resolve("fetched").resolve("job")).isEmptyDirectory();
    }

    @Test
    void unknownFormsAreRefusedBeforeAnythingIsTouched() {
        for (String source :
                List.of("/etc/passwd", "file:///etc/passwd", "ftp://host/a.mp4", "http://", "", "C:\\a.mp4", "a b")) {
            assertThatThrownBy(() -> sources.check(source))
                    .isInstanceOf(SourceException.class)
                    .hasMessageContaining("neither an http(s) address nor sample:walkers");
        }
        assertThatThrownBy(() -> sources.check("sample:cars")).hasMessageContaining("sample:walkers");
    }

    @Test
    void anUploadStaysInsideTheStorageFolder() throws Exception {
        assertThat(sources.resolve("upload:uploads/1/a.mp4", "1", stopped::get))
                .isEqualTo(storage.toAbsolutePath().resolve("uploads/1/a.mp4"));
        refused("upload:../secret", "is no upload");
        refused("upload:/etc/passwd", "is no upload");
        refused("upload:", "is no upload");
    }

    @Test
    void theSampleIsDrawnOnce() throws Exception {
        Path file = sources.resolve("sample:walkers", "1", stopped::get);
        var drawn = Files.getLastModifiedTime(file);

        assertThat(sources.resolve("sample:walkers", "2", stopped::get)).isEqualTo(file);
        assertThat(Files.getLastModifiedTime(file)).isEqualTo(drawn);
        sources.discard("1");
        assertThat(file).exists();
    }

    private void refused(String source, String why) {
        assertThatThrownBy(() -> sources.resolve(source, "job", stopped::get))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining(why)
                .message()
                .doesNotContain("\n");
    }
}
