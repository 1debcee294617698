package io.framequota.ingest.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.framequota.ingest.source.CheckedRequests.Answer;
import io.framequota.media.decode.SourceException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CheckedRequestsTest {
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final HttpClient client = HttpClient.newHttpClient();
    private final CheckedRequests all = new CheckedRequests(new InternalAddressCheck(true));
    private HttpServer web;
    private HttpServer other;

    @BeforeEach
    void start() throws IOException {
        web = serve("web");
        other = serve("other");
    }

    @AfterEach
    void stop() {
        web.stop(0);
        other.stop(0);
        client.shutdownNow();
    }

    private HttpServer serve(String name) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 5);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            requests.add(name + path + " " + exchange.getRequestHeaders().getFirst("Authorization"));
            String to = switch (path) {
                case "/same" -> "/file";
                case "/other" -> "http://127.0.0.1:" + other.getAddress().getPort() + "/file";
                case "/metadata" -> "http://169.254.169.254/latest";
                case "/disk" -> "file:///etc/passwd";
                case "/loop" -> "/loop";
                default -> "";
            };
            if (path.equals("/silent")) {
                return;
            }
            if (to.isEmpty()) {
                byte[] body = name.getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            } else {
                exchange.getResponseHeaders().add("Location", to);
                exchange.sendResponseHeaders(302, -1);
            }
            exchange.close();
        });
        server.start();
        return server;
    }

    private Answer get(String path) throws Exception {
        URI from = URI.create("http://user:p%40ss@127.0.0.1:" + web.getAddress().getPort() + path);
        return all.get(client, from, Duration.ofSeconds(2), () -> false);
    }

    private static String text(Answer answer) throws IOException {
        return new String(answer.response().body().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void sendsThePasswordToItsHostOnly() throws Exception {
        assertThat(text(get("/same"))).isEqualTo("web");
        assertThat(requests).containsExactly("web/same Basic dXNlcjpwQHNz", "web/file Basic dXNlcjpwQHNz");
        requests.clear();

        Answer answer = get("/other");

        assertThat(text(answer)).isEqualTo("other");
        assertThat(answer.at().getPort()).isEqualTo(other.getAddress().getPort());
        assertThat(requests).containsExactly("web/other Basic dXNlcjpwQHNz", "other/file null");
    }

    @Test
    void checksEachAddressToWhichItIsRedirected() {
        for (String path : List.of("/metadata", "/disk", "/loop")) {
            assertThatThrownBy(() -> get(path))
                    .as(path)
                    .isInstanceOf(SourceException.class)
                    .hasMessageNotContaining("p%40ss");
        }
        CheckedRequests strict = new CheckedRequests(new InternalAddressCheck(false));
        requests.clear();
        assertThatThrownBy(() -> strict.get(
                        client,
                        URI.create("http://127.0.0.1:" + web.getAddress().getPort() + "/file"),
                        Duration.ofSeconds(2),
                        () -> false))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("internal address");
        assertThat(requests).isEmpty();
    }

    @Test
    void givesUpOnAServerThatDoesNotAnswer() {
        assertThatThrownBy(() -> get("/silent"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no complete answer within 2 s");
        assertThatThrownBy(() -> all.get(
                        client,
                        URI.create("http://127.0.0.1:" + web.getAddress().getPort() + "/silent"),
                        Duration.ofSeconds(20),
                        () -> true))
                .isInstanceOf(InterruptedException.class);
    }
}
