package io.framequota.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.cli.FqTestBase;
import io.framequota.cli.StubServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OpenCommandTest extends FqTestBase {
    @Test
    void theAddressIsPrintedAndGivenToTheBrowser() throws IOException {
        Path browser = Files.writeString(folder.resolve("browser"), "#!/bin/sh\necho \"$1\" > \"$0.got\"\n");
        assertThat(browser.toFile().setExecutable(true)).isTrue();
        try (StubServer server = new StubServer().on("GET /api/v1/models", 200, "[]")) {
            Map<String, String> environment = Map.of("FQ_SERVER", server.url(), "BROWSER", browser.toString());

            assertThat(run(environment, "open")).isZero();
            assertThat(out()).isEqualTo(server.url() + "/\n");
            assertThat(folder.resolve("browser.got")).hasContent(server.url());

            Files.delete(folder.resolve("browser.got"));
            assertThat(run(environment, "open", "--print")).isZero();
            assertThat(out()).isEqualTo(server.url() + "/\n");
            assertThat(folder.resolve("browser.got")).doesNotExist();
        }
    }

    @Test
    void withoutADesktopOnlyTheAddressIsPrinted() throws IOException {
        try (StubServer server = new StubServer().on("GET /api/v1/models", 200, "[]")) {
            assertThat(run(server, "open")).isZero();
            assertThat(out()).isEqualTo(server.url() + "/\n");
            assertThat(err()).isEmpty();
        }
    }

    @Test
    void aBrowserThatDoesNotStartIsNamedAndTheAddressIsThere() throws IOException {
        try (StubServer server = new StubServer().on("GET /api/v1/models", 200, "[]")) {
            assertThat(run(Map.of("FQ_SERVER", server.url(), "BROWSER", "no-such-browser"), "open"))
                    .isZero();
            assertThat(out()).isEqualTo(server.url() + "/\n");
            assertThat(err()).contains("no-such-browser could not be started");
        }
    }

    @Test
    void whereNothingAnswersNothingIsOpened() {
        assertThat(run(Map.of("FQ_SERVER", "http://127.0.0.1:1", "BROWSER", "false"), "open"))
                .isNotZero();
        assertThat(out()).isEmpty();
        assertThat(err()).contains("127.0.0.1:1");
    }
}
