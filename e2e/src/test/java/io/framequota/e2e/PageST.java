package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.BoundingBox;
import com.microsoft.playwright.options.ColorScheme;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The web page in a real browser, on a real system. The tests share one system and one job, in the order in which a user meets them.
 *
 * <p>{@code numbered.mp4} is sample:walkers twice, 240 frames of H.264 with three B-frames in a row, at intervals of 10 and 160 ms. It
 * starts at 5.37 s, behind its sound. Eight squares at its top are the bits of the frame's number, white for 1.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PageST {
    private static final int FRAMES = 240;
    private static final int SEEKS = 100;
    private static final long SEED = 22;

    /** The number in the picture that the video shows, the line's number by which the page draws, and what it has drawn. */
    private static final String SHOWN = """
            () => {
              const video = document.querySelector('video.source');
              const picture = document.createElement('canvas');
              picture.width = video.videoWidth;
              picture.height = video.videoHeight;
              const pen = picture.getContext('2d', {willReadFrequently: true});
              pen.drawImage(video, 0, 0);
              let number = 0;
              for (let bit = 0; bit < 8; bit++) {
                number |= (pen.getImageData(28 + 32 * bit, 20, 1, 1).data[0] > 128 ? 1 : 0) << bit;
              }
              const boxes = document.querySelector('canvas.boxes');
              const drawn = boxes.getContext('2d').getImageData(0, 0, boxes.width, boxes.height).data;
              const scale = boxes.width / video.videoWidth;
              // Of a box's left edge, below its label: whether something is drawn there.
              const edge = box => {
                const x = Math.round(box[0] * scale), y = Math.round((box[1] + box[3]) / 2 * scale);
                return drawn[4 * (y * boxes.width + Math.min(boxes.width - 1, Math.max(0, x))) + 3] > 0;
              };
              let opaque = 0;
              for (let i = 3; i < drawn.length; i += 4) {
                opaque += drawn[i] > 0 ? 1 : 0;
              }
              return JSON.stringify({number, frame: boxes.dataset.frame, opaque,
                edges: JSON.parse(window.lines ?? '[]').length === 0 ? [] : JSON.parse(window.lines)[number].map(edge)});
            }
            """;

    /** Waits until the video shows what it was told to show and the page has drawn over it. */
    private static final String SETTLED = """
            () => {
              const video = document.querySelector('video.source');
              return video.seeking ? false : new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))));
            }
            """;

    @TempDir
    static Path folder;

    private static RunningSystem system;
    private static Chromium chromium;
    private static Page page;
    private static String job;

    @BeforeAll
    static void start() {
        assumeTrue(Chromium.program().isPresent(), Chromium.MISSING);
        system = RunningSystem.up(folder.resolve("data"));
        chromium = Chromium.start();
        page = chromium.open(system.url(), 1280, 900);
    }

    @AfterAll
    static void stop() {
        if (chromium != null) {
            chromium.close();
        }
        if (system != null) {
            system.close();
        }
    }

    @AfterEach
    void theBrowserDoesNotComplain() {
        assertThat(chromium.complaints()).isEmpty();
    }

    @Test
    @Order(1)
    void anUploadBecomesAJobWhoseResultCanBeDownloaded() throws Exception {
        assertThat(page.locator(".empty").textContent()).contains("No jobs yet");
        Path clip = folder.resolve("<b>numbered&amp;.mp4");
        try (var in = PageST.class.getResourceAsStream("/numbered.mp4")) {
            Files.copy(in, clip);
        }
        page.locator("input[type=file]").setInputFiles(clip);
        page.getByLabel("Labels").fill("site=<script>alert(1)</script>");
        page.locator("button.main").click();

        // A file's name is text, whatever is in it.
        Locator link = page.locator("table.jobs td.source a");
        link.waitFor();
        assertThat(link.textContent()).isEqualTo("<b>numbered&amp;.mp4");
        link.click();
        page.locator(".state.succeeded").waitFor();
        job = page.url().replaceAll(".*#/jobs/", "");

        assertThat(page.locator("h1").textContent()).isEqualTo("<b>numbered&amp;.mp4");
        assertThat(page.locator("dl").textContent()).contains("site=<script>alert(1)</script>");
        assertThat(page.locator(".head .figures").textContent()).isEqualTo("240 of 240 frames");
        Download download =
                page.waitForDownload(() -> page.locator("text=JSON lines, gzip").click());
        try (var in = new GZIPInputStream(new ByteArrayInputStream(Files.readAllBytes(download.path())))) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines())
                    .hasSize(FRAMES);
        }
        assertThat(page.locator("a[download]").count()).isEqualTo(11);
        for (String format : List.of("JSON lines", "CSV", "COCO", "KITTI", "MOT", "YOLO", "CVAT", "Parquet")) {
            assertThat(page.waitForDownload(() -> page.getByText(format, new Page.GetByTextOptions().setExact(true))
                                    .click())
                            .failure())
                    .isNull();
        }
    }

    @Test
    @Order(2)
    void boxesBelongToTheShownFrameAfterEverySeek() {
        List<JsonNode> lines = system.lines(job);
        awaitPosition("Frame 0, 0:05.370");
        page.evaluate("lines => window.lines = lines", boxes(lines));
        BoundingBox timeline = page.locator("canvas.timeline").boundingBox();
        Random random = new Random(SEED);
        List<Integer> seen = new ArrayList<>();
        for (int i = 0; i < SEEKS; i++) {
            page.mouse()
                    .click(
                            timeline.x + 1 + random.nextDouble() * (timeline.width - 2),
                            timeline.y + timeline.height / 2);
            seen.add(agrees(lines));
        }
        assertThat(seen.stream().distinct().count())
                .as("frames that were sought")
                .isGreaterThan(50);

        // By the keys that a screen reader's user has, and while it plays.
        page.locator("canvas.timeline").press("Home");
        assertThat(agrees(lines)).isZero();
        for (int frame = 1; frame <= 12; frame++) {
            page.locator("canvas.timeline").press("ArrowRight");
            assertThat(agrees(lines)).isEqualTo(frame);
        }
        assertThat(page.locator("canvas.timeline").getAttribute("aria-valuetext"))
                .startsWith("Frame 12, ");
        page.locator("canvas.timeline").press("End");
        assertThat(agrees(lines)).isEqualTo(FRAMES - 1);
        page.locator("canvas.timeline").press("Home");
        agrees(lines);
        page.locator("button.play").click();
        page.waitForFunction("() => Number(document.querySelector('canvas.boxes').dataset.frame) > 10");
        page.locator("button.play").click();
        assertThat(agrees(lines)).isGreaterThan(10);
    }

    @Test
    @Order(3)
    void filtersHideBoxesAndTheSearchSkipsFramesWithoutAny() {
        List<JsonNode> lines = system.lines(job);
        double least = 0.9;
        page.locator("canvas.timeline").press("Home");
        page.locator("input[type=range]").fill(Double.toString(least));
        int expected = 1;
        while (lines.get(expected)
                .path("detections")
                .valueStream()
                .noneMatch(d -> d.path("score").floatValue() >= least)) {
            expected++;
        }
        page.getByLabel("Next frame with a detection").click();
        awaitPosition("Frame " + expected + ",");
        page.getByLabel("person").uncheck();
        awaitPosition("Frame " + expected + ", " + position() + ": 0 of ");
        assertThat(shown().path("opaque").asInt()).isZero();
        page.getByLabel("person").check();
        page.locator("input[type=range]").fill("0");
    }

    @Test
    @Order(4)
    void aFileThatIsNoVideoFailsWithItsReasonAndCanBeDeleted() throws IOException {
        Path junk = Files.writeString(folder.resolve("junk.mp4"), "<img src=x onerror=alert(1)>");
        page.navigate(system.url() + "#/jobs");
        page.locator("input[type=file]").setInputFiles(junk);
        page.locator("button.main").click();
        page.locator("tr:has(.state.failed) a").click();
        Locator problem = page.locator(".head .problem");
        problem.waitFor();
        String id = page.url().replaceAll(".*#/jobs/", "");
        assertThat(problem.textContent())
                .isEqualTo(system.job(id).path("error").asText())
                .isNotBlank();
        // A file that cannot be used is deleted at about this time; the browser's console has an answer that says so.
        page.locator("fq-player:has-text('The source is not')").waitFor();
        assertThat(chromium.complaints()).allMatch(c -> c.contains("410"));

        page.getByText("Delete").click();
        page.getByText("Delete source and result?").click();
        page.locator("table.jobs").waitFor();
        assertThat(system.get("/api/v1/jobs")
                        .valueStream()
                        .map(j -> j.path("job").asText()))
                .containsExactly(job);

        page.getByLabel("or its address").fill("ftp://example.org/x.mp4");
        page.locator("button.main").click();
        page.locator(".submit .problem:not(:empty)").waitFor();
        assertThat(page.locator(".submit .problem").textContent()).contains("is neither a URL");
        // The refused request is also in the browser's console.
        assertThat(chromium.complaints()).singleElement().asString().contains("422");
    }

    @Test
    @Order(5)
    void theAllocationShowsWorkersAndSwitchesThePolicyBesideTheShadow() {
        String running = system.submit("sample:walkers", "people").path("job").asText();
        page.locator("nav >> text=Allocation").click();
        page.locator("[aria-label=Millicores] a[title='" + running + "']").waitFor();
        page.locator("[aria-label=Workers] a[title='" + running + "']").first().waitFor();
        assertThat(page.locator("fq-shares canvas").getAttribute("aria-label")).contains("over the last 5 minutes");
        assertThat(page.locator("[aria-label=Shadow]").textContent()).contains("What would other policies have done?");
        page.locator("[aria-label=Shadow] table").waitFor();

        page.locator("select[name=policy]").selectOption("one-request-at-a-time");
        page.locator("[aria-label=Policy] label:has-text('order') input").fill("shortest-first");
        page.locator("[aria-label=Policy] button").click();
        page.locator("[aria-label=Policy] [role=status]:has-text('one-request-at-a-time decides now')")
                .waitFor();
        assertThat(system.get("/api/v1/policy").path("policy").asText()).isEqualTo("one-request-at-a-time");
        assertThat(system.get("/api/v1/policy").path("parameters").path("order").asText())
                .isEqualTo("shortest-first");

        page.locator("[aria-label=Policy] label:has-text('order') input").fill("backwards");
        page.locator("[aria-label=Policy] button").click();
        page.locator("[aria-label=Policy] .problem:has-text('backwards')").waitFor();
        assertThat(chromium.complaints()).singleElement().asString().contains("400");
        system.put("/api/v1/policy", "{\"policy\":\"auto\"}");
    }

    @Test
    @Order(6)
    void everyViewIsAccessibleInLightAndDarkAndFitsAPhone() {
        Map<String, String> views = Map.of(
                "#/jobs",
                "table.jobs",
                "#/jobs/" + job,
                "canvas.timeline",
                "#/allocation",
                "[aria-label=Shadow] table");
        for (Map.Entry<String, String> view : views.entrySet()) {
            page.setViewportSize(1280, 900);
            page.navigate(system.url() + view.getKey());
            page.locator(view.getValue()).waitFor();
            for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
                page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
                assertThat(chromium.violations(page))
                        .as(view.getKey() + " " + scheme)
                        .isEmpty();
            }
            page.setViewportSize(390, 844);
            assertThat((Integer) page.evaluate("document.documentElement.scrollWidth"))
                    .as(view.getKey() + " on a phone")
                    .isEqualTo(390);
            assertThat(chromium.violations(page))
                    .as(view.getKey() + " on a phone")
                    .isEmpty();
        }
    }

    @Test
    @Order(7)
    void thePageLoadsNothingFromElsewhereAndRunsNothingFromWithin() {
        List<String> requests = new ArrayList<>();
        page.onRequest(request -> requests.add(request.url()));
        page.reload();
        page.locator("nav").waitFor();
        assertThat(requests).isNotEmpty().allMatch(url -> url.startsWith(system.url() + "/"));

        page.evaluate("""
                () => {
                  const element = document.createElement('a');
                  window.refused = [];
                  for (const attempt of [
                    () => element.innerHTML = '<img src=x onerror="1">',
                    () => element.setAttribute('onclick', '1'),
                    () => document.createElement('script').text = '1',
                  ]) {
                    try { attempt(); } catch (e) { window.refused.push(e.name); }
                  }
                }
                """);
        assertThat(page.evaluate("window.refused.length")).isEqualTo(3);
        assertThat(chromium.complaints()).isNotEmpty();
    }

    /** Checks that picture, line and boxes are of one frame, and returns its number. */
    private static int agrees(List<JsonNode> lines) {
        page.waitForFunction(SETTLED);
        JsonNode shown = shown();
        int number = shown.path("number").asInt();
        assertThat(shown.path("frame").asText())
                .as("line of the frame in the picture")
                .isEqualTo("" + number);
        assertThat(shown.path("edges").valueStream().map(JsonNode::asBoolean))
                .as("boxes of frame " + number + " are drawn")
                .hasSize(lines.get(number).path("detections").size())
                .doesNotContain(false);
        return number;
    }

    private static JsonNode shown() {
        return RunningSystem.parse((String) page.evaluate(SHOWN));
    }

    private static String position() {
        return page.locator(".position").textContent().replaceAll("Frame \\d+, ([^ ]*):.*", "$1");
    }

    private static void awaitPosition(String begin) {
        page.waitForFunction("begin => document.querySelector('.position')?.textContent.startsWith(begin)", begin);
    }

    /** The boxes of all lines, as JSON: a list of lists of four numbers. */
    private static String boxes(List<JsonNode> lines) {
        return lines.stream()
                .map(line -> line.path("detections")
                        .valueStream()
                        .map(d -> d.path("box").toString())
                        .toList()
                        .toString())
                .toList()
                .toString();
    }
}
