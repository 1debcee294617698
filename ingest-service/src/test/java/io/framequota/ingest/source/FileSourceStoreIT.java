package io.framequota.ingest.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.framequota.ingest.source.sample.SampleVideo;
import io.framequota.ingest.store.files.StorageSpace;
import io.framequota.media.decode.SourceException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSourceStoreIT {
    @TempDir
    Path storage;

    private HttpServer web;
    private FileSourceStore sources;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicLong usable = new AtomicLong(1 << 20);
    private final List<String> shown = new CopyOnWriteArrayList<>();

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
        web.createContext("/drips", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            drip(exchange.getResponseBody());
        });
        web.createContext("/shows", exchange -> {
            shown.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            exchange.sendResponseHeaders(200, 5);
            exchange.getResponseBody().write(new byte[5]);
            exchange.close();
        });
        web.createContext("/away", exchange -> {
            shown.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            redirect(exchange, at("/shows").replace("127.0.0.1", "localhost"));
        });
        web.createContext("/same", exchange -> redirect(exchange, "/shows"));
        web.createContext("/metadata", exchange -> redirect(exchange, "http://[::ffff:169.254.169.254]/latest"));
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

    private FileSourceStore sources(boolean internal) {
        StorageSpace room = new StorageSpace(storage, folder -> usable.get(), 0);
        HttpFetcher.Limits limits = new HttpFetcher.Limits(1000, Duration.ofSeconds(1), 100, Duration.ofSeconds(5));
        return new FileSourceStore(
                storage, new HttpFetcher(limits, new InternalAddressCheck(internal), room), new SampleVideo());
    }

    /** Sends a byte every 250 ms for 10 s at most, so that no read waits for long. */
    private static void drip(OutputStream out) throws IOException {
        try (out) {
            for (int i = 0; i < 40; i++) {
                out.write('x');
                out.flush();
                Thread.sleep(250);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void redirect(HttpExchange exchange, String to) throws IOException {
        exchange.getResponseHeaders().add("Location", to);
        exchange.sendResponseHeaders(302, -1);
        exchange.close();
    }

    @AfterEach
    void stop() {
        web.stop(0);
    }

    private String at(String path) {
        return "http://127.0.0.1:" + web.getAddress().getPort() + path;
    }

    @Test
    void fetchesAFileOnceUntilItIsDiscarded() throws Exception {
        Path file = fetched(at("/video"));
        assertThat(file).hasSize(900);
        assertThat(fetched(at("/video"))).isEqualTo(file);
        assertThat(requests).hasValue(1);

        sources.discard("job");

        assertThat(storage.resolve("fetched")).isEmptyDirectory();
    }

    @Test
    void aFailedFetchNamesItsCauseAndLeavesNoFile() {
        refused(at("/nowhere"), "answered 404");
        refused(at("/large"), "larger than 1000 bytes");
        refused("http://127.0.0.1:1/video", "cannot be fetched");
        assertThat(storage.resolve("fetched").resolve("job")).isEmptyDirectory();
    }

    @Test
    void followsRedirectsToHttpAddressesOnly() throws Exception {
        assertThat(fetched(at("/moved"))).hasSize(900);
        sources.discard("job");
        refused(at("/around"), "redirected more than 5 times");
        refused(at("/file"), "not a valid address");
    }

    @Test
    void refusesInternalAddressesUnlessAllowed() {
        sources = sources(false);
        refused(at("/video"), "internal address 127.0.0.1");
        refused("http://[::1]:1/video", "internal address");
        assertThat(requests).hasValue(0);
    }

    @Test
    void stoppingTheJobEndsTheFetch() {
        assertThatThrownBy(() -> sources.fetch(at("/never"), "job", stopped::get))
                .isInstanceOf(InterruptedException.class);
        assertThat(storage.resolve("fetched").resolve("job")).isEmptyDirectory();
    }

    @Test
    void refusesUnknownFormsOfSources() {
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
        for (String source : List.of("upload:../secret", "upload:/etc/passwd", "upload:")) {
            assertThatThrownBy(() -> sources.resolve(source, "1", stopped::get))
                    .isInstanceOf(SourceException.class)
                    .hasMessageContaining("is not an upload");
        }
    }

    @Test
    void drawsTheSampleOnce() throws Exception {
        Path file = sources.resolve("sample:walkers", "1", stopped::get);
        var drawn = Files.getLastModifiedTime(file);

        assertThat(sources.resolve("sample:walkers", "2", stopped::get)).isEqualTo(file);
        assertThat(Files.getLastModifiedTime(file)).isEqualTo(drawn);
        sources.discard("1");
        assertThat(file).exists();
    }

    @Test
    void givesUpOnASlowServer() {
        refused(at("/drips"), "bytes arrived within 1 s");
    }

    @Test
    void givesUpOnSlowHeaders() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try (Socket client = server.accept()) {
                    client.getOutputStream().write("HTTP/1.1 200 OK\r\nX: ".getBytes(StandardCharsets.US_ASCII));
                    drip(client.getOutputStream());
                } catch (IOException e) {
                    // The client has given up.
                }
            });
            refused("http://127.0.0.1:" + server.getLocalPort() + "/", "no complete answer within 1 s");
        }
    }

    @Test
    void refusesAFileThatDoesNotFitOnTheDisk() {
        usable.set(100);
        refused(at("/video"), "storage is full");
    }

    @Test
    void sendsUserAndPasswordToTheirHostOnly() throws Exception {
        String basic = "Basic " + Base64.getEncoder().encodeToString("me:p@ss+1".getBytes(StandardCharsets.UTF_8));

        fetched(at("/shows").replace("//", "//me:p%40ss+1@"));
        sources.discard("job");
        fetched(at("/same").replace("//", "//me:p%40ss+1@"));
        sources.discard("job");
        fetched(at("/away").replace("//", "//me:p%40ss+1@"));

        sources.discard("job");
        assertThat(shown).containsExactly(basic, basic, basic, "null");
        refused(at("/nowhere").replace("//", "//me:p%40ss+1@"), "http://***@127.0.0.1");
    }

    @Test
    void reportsAnUnknownHost() {
        refused("http://no-such-host.invalid/v.mp4", "no host has this name");
        refused("http://127.0.0.1:1/video", "nothing answers there");
    }

    @Test
    void refusesARedirectToCloudMetadata() {
        refused(at("/metadata"), "is never read");
    }

    private Path fetched(String source) throws Exception {
        sources.fetch(source, "job", stopped::get);
        return sources.resolve(source, "job", stopped::get);
    }

    private void refused(String source, String why) {
        assertThatThrownBy(() -> sources.fetch(source, "job", stopped::get))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining(why)
                .message()
                .doesNotContain("\n", "Exception", storage.toString(), "p%40ss");
    }
}
