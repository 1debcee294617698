package io.framequota.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The distribution's Chromium, without a window, driven by Playwright. One page at a time; what its console complains about is kept. */
final class Chromium implements AutoCloseable {
    /** Why a test is skipped where there is none. */
    static final String MISSING = "no Chromium on the PATH; apt-get install chromium";

    private final Playwright playwright;
    private final Browser browser;
    private final List<String> complaints = new java.util.concurrent.CopyOnWriteArrayList<>();
    private final String axe;

    private Chromium(Path program) {
        // Nothing is downloaded: the browser is the distribution's.
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(program)
                        // Tests run as root in containers, where Chromium's sandbox cannot be set up. It sees our page
                        // only.
                        .setArgs(List.of("--no-sandbox")));
        try (InputStream in = Chromium.class.getResourceAsStream("/axe.min.js")) {
            axe = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Optional<Path> program() {
        return Stream.of(System.getenv("PATH").split(":"))
                .flatMap(folder -> Stream.of(Path.of(folder, "chromium"), Path.of(folder, "google-chrome")))
                .filter(Files::isExecutable)
                .findFirst();
    }

    static Chromium start() {
        return new Chromium(program().orElseThrow());
    }

    /** Opens an address in a fresh context, which shares nothing with earlier ones. */
    Page open(String url, int width, int height) {
        BrowserContext context = browser.newContext(
                new Browser.NewContextOptions().setViewportSize(width, height).setColorScheme(ColorScheme.LIGHT));
        context.setDefaultTimeout(60_000);
        Page page = context.newPage();
        page.onPageError(error -> complaints.add("error: " + error));
        page.onConsoleMessage(message -> {
            if (message.type().equals("error")) {
                complaints.add("console: " + message.text());
            }
        });
        page.navigate(url);
        return page;
    }

    /** Errors of scripts and of the console since the last call: a blocked script or style is one. */
    List<String> complaints() {
        List<String> all = List.copyOf(complaints);
        complaints.clear();
        return all;
    }

    /** What axe-core finds wrong with the page as it is seen now: the rule, and the elements. */
    List<String> violations(Page page) {
        // Evaluated by the debugger, which the page's policy does not bind.
        page.evaluate(axe);
        JsonNode found = RunningSystem.parse((String) page.evaluate(
                "axe.run({resultTypes: ['violations']}).then(found => JSON.stringify(found.violations))"));
        return found.valueStream()
                .map(v -> v.path("id").asText() + ": "
                        + v.path("nodes").path(0).path("html").asText() + " "
                        + v.path("nodes").path(0).path("failureSummary").asText())
                .toList();
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }
}
