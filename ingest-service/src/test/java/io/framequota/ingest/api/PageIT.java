package io.framequota.ingest.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.framequota.ingest.testing.Client;
import io.framequota.ingest.testing.FakeWorker;
import io.framequota.ingest.testing.FetchedSourcesProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the page is made of, and what the API has for it: sources, and short lists. */
@QuarkusTest
@TestProfile(FetchedSourcesProfile.class)
class PageIT {
    private static final int SCRIPT_BUDGET = 300_000;
    private static final Pattern IMPORT =
            Pattern.compile("\\bfrom\\s*[\"']([^\"']+)[\"']|\\bimport\\s*[\"']([^\"']+)[\"']");

    @ConfigProperty(name = "kafka.bootstrap.servers")
    String bootstrap;

    private FakeWorker worker;

    @BeforeEach
    void startWorker() {
        worker = new FakeWorker(bootstrap);
        Client.awaitModels();
    }

    @AfterEach
    void stopWorker() throws InterruptedException {
        worker.close();
    }

    @Test
    void allScriptsTogetherKeepTheirBudget() {
        Map<String, byte[]> scripts = scripts();

        assertThat(scripts).containsKeys("app.js", "player.js", "lit/lit-html.js");
        assertThat(scripts.values().stream().mapToInt(b -> b.length).sum()).isLessThan(SCRIPT_BUDGET);
    }

    @Test
    void nothingInThePageNeedsAWeakerPolicy() {
        String page = given().get("/").asString();

        assertThat(page).doesNotContainPattern("<script(?![^>]*\\bsrc=)|<style|\\bon[a-z]+=|\\bstyle=|https?://");
        scripts()
                .forEach((name, bytes) -> assertThat(new String(bytes, StandardCharsets.UTF_8))
                        .as(name)
                        .doesNotContainPattern("\\beval\\(|new Function\\(|unsafeHTML|\\sstyle=|<style"));
    }

    /** Every script that the page loads, by its name below {@code page/}. */
    private static Map<String, byte[]> scripts() {
        Map<String, byte[]> scripts = new LinkedHashMap<>();
        ArrayDeque<String> open = new ArrayDeque<>(List.of("app.js"));
        while (!open.isEmpty()) {
            String name = open.remove();
            if (scripts.containsKey(name)) {
                continue;
            }
            Response answer = given().get("/page/" + name);
            assertThat(answer.statusCode()).as(name).isEqualTo(200);
            scripts.put(name, answer.asByteArray());
            Matcher imported = IMPORT.matcher(answer.asString());
            while (imported.find()) {
                String to = imported.group(1) == null ? imported.group(2) : imported.group(1);
                assertThat(to).as("an import of " + name).startsWith(".");
                open.add(java.nio.file.Path.of(name)
                        .resolveSibling(to)
                        .normalize()
                        .toString());
            }
        }
        return scripts;
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/page/app.js", "/page/style.css", "/page/icon.svg", "/page/lit/directives/repeat.js"})
    void everyFileHasTheStrictPolicy(String path) {
        given().get(path)
                .then()
                .statusCode(200)
                .header("Content-Security-Policy", equalTo(PageResource.POLICY))
                .header("X-Content-Type-Options", equalTo("nosniff"))
                .header("Cache-Control", equalTo("no-store"));
        assertThat(PageResource.POLICY)
                .contains(
                        "default-src 'none'",
                        "script-src 'self'",
                        "frame-ancestors 'none'",
                        "require-trusted-types-for")
                .doesNotContain("unsafe", "*", "http", "data:", "blob:");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/page/nothing.js",
                "/page/",
                "/page/../application.properties",
                "/page/%2e%2e/application.properties",
                "/page/..%2fapplication.properties",
                "/page/lit/../../application.properties",
                "/page/application.properties",
                "/page/app.js.map",
                "/page//etc/passwd",
                "/page/a/b/c/d.js"
            })
    void nothingElseIsServed(String path) {
        given().urlEncodingEnabled(false).get(path).then().statusCode(404);
    }

    @Test
    void thePageIsSubjectToTheRulesForCallers() {
        given().header("Host", "evil.example").get("/").then().statusCode(403);
        given().header("Origin", "http://evil.example").get("/").then().statusCode(403);
        given().header("Sec-Fetch-Site", "cross-site")
                .header("Sec-Fetch-Mode", "no-cors")
                .get("/page/app.js")
                .then()
                .statusCode(403);
    }

    @Test
    void aKeptSourceIsServedAsItIsWithRanges() {
        String content = "frames=3";
        String id = given().multiPart("file", "v.html", content.getBytes(StandardCharsets.UTF_8))
                .post("/api/v1/jobs")
                .path("job");
        String path = "/api/v1/jobs/" + id + "/source";

        given().get(path)
                .then()
                .statusCode(200)
                .contentType("application/octet-stream")
                .header("X-Content-Type-Options", "nosniff")
                .header("Content-Security-Policy", containsString("sandbox"))
                .header("Accept-Ranges", "bytes")
                .body(equalTo(content));
        given().header("Range", "bytes=7-")
                .get(path)
                .then()
                .statusCode(206)
                .header("Content-Range", "bytes 7-" + (content.length() - 1) + "/" + content.length())
                .body(equalTo(content.substring(7)));

        Client.await(id, "SUCCEEDED");
        given().delete("/api/v1/jobs/" + id).then().statusCode(200);
        given().get(path).then().statusCode(404);
        given().get("/api/v1/jobs/none/source").then().statusCode(404);
    }

    @Test
    void aSourceThatIsNotKeptIsGone() {
        String id = given().contentType("application/json")
                .body("{\"live\": true, \"source\": \"listen:page-it\"}")
                .post("/api/v1/jobs")
                .path("job");

        given().get("/api/v1/jobs/" + id + "/source").then().statusCode(410).body("detail", containsString("not kept"));
        given().post("/api/v1/jobs/" + id + "/cancel");
    }

    @Test
    void aListCanBeShort() {
        for (int i = 0; i < 3; i++) {
            Client.submit(1);
        }
        Response two = given().get("/api/v1/jobs?limit=2");

        List<String> newest = two.jsonPath().getList("job", String.class);
        assertThat(newest).hasSize(2);
        assertThat(two.header("Link"))
                .isEqualTo("</api/v1/jobs?limit=2&before=" + newest.getLast() + ">; rel=\"next\"");
        for (String wrong : List.of("0", "1001", "-1", "x", "1e3", "99999")) {
            given().get("/api/v1/jobs?limit=" + wrong)
                    .then()
                    .statusCode(400)
                    .body("detail", containsString("1 to 1000"));
        }
    }
}
