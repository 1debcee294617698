package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Page;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/guides/keys.md on a system that asks for keys: its commands, as written there but for ports and folders, and the page. */
class KeysST {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String ADMIN = "0123456789abcdef0123456789abcdef";
    private static final Guide GUIDE = Guide.of("docs/guides/keys.md");

    @TempDir
    static Path folder;

    private static RunningSystem system;

    @BeforeAll
    static void start() {
        assertThat(GUIDE.command("export FRAMEQUOTA_AUTH"))
                .startsWith("export FRAMEQUOTA_AUTH=keys FRAMEQUOTA_ADMIN_KEY=");
        system = RunningSystem.up(
                folder.resolve("data"), Map.of("FRAMEQUOTA_AUTH", "keys", "FRAMEQUOTA_ADMIN_KEY", ADMIN));
    }

    @AfterAll
    static void stop() {
        if (system != null) {
            system.close();
        }
    }

    @Test
    void theGuidesCommandsKeepTwoTenantsApart() {
        Fq.Ended none = fq("", "jobs");
        assertThat(none.code()).isEqualTo(2);
        assertThat(none.err()).contains("FQ_KEY").hasLineCount(1);

        String north = create("north.key");
        String south = create("south.key");
        assertThat(fq(ADMIN, "key", "list").out())
                .contains("north", "south", "camera desk")
                .doesNotContain(north);
        assertThat(GUIDE.command("FQ_KEY=$(cat north.key)")).endsWith("./fq submit sample:walkers");
        String job = fq(north, "submit", "sample:walkers").out().strip();
        assertThat(fq(north, "watch", job).code()).isZero();
        assertThat(fq(
                                north,
                                "results",
                                job,
                                "-o",
                                folder.resolve("walkers.jsonl").toString())
                        .code())
                .isZero();
        assertThat(folder.resolve("walkers.jsonl")).content().hasLineCount(120);
        assertThat(fq(south, "jobs").out()).doesNotContain(job);
        assertThat(fq(south, "job", job).err()).contains("there is no job");
        Fq.Ended refused = fq(south, "submit", "sample:walkers");
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("needs the role submit");
        assertThat(fq(south, "policy", "auto").err()).contains("needs the role admin");
        assertThat(fq(ADMIN, "policy", "auto").code()).isZero();
        assertThat(fq(ADMIN, "jobs").out()).contains(job);

        String id = south.substring(3, 19);
        assertThat(fq(ADMIN, "key", "revoke", id).code()).isZero();
        assertThat(fq(south, "jobs").code()).isEqualTo(2);
        assertThat(fq(ADMIN, "key", "revoke", id).err()).contains("there is no key " + id);
    }

    @Test
    void thePageTakesAKeyAndPlaysTheVideoWithoutKeepingIt() {
        assumeTrue(Chromium.program().isPresent(), Chromium.MISSING);
        String key = fq(ADMIN, "key", "create", "--tenant", "page").out().strip();
        String job = fq(key, "submit", "sample:walkers").out().strip();
        assertThat(fq(key, "watch", job).code()).isZero();

        try (Chromium chromium = Chromium.start()) {
            Page page = chromium.open(system.url() + "/#/jobs/" + job, 1280, 900);
            page.locator("input[name=key]").fill("not-a-key-of-this-server");
            page.locator("form.key button").click();
            page.getByText("The server does not know this key.").waitFor();
            assertThat(chromium.violations(page)).isEmpty();
            page.locator("input[name=key]").fill(key);
            page.locator("form.key button").click();

            page.getByText("tenant page").waitFor();
            page.locator("video.source").waitFor();
            page.waitForFunction("() => document.querySelector('video.source').readyState >= 2");
            assertThat(
                            (String)
                                    page.evaluate(
                                            "JSON.stringify([document.cookie, {...sessionStorage}, {...localStorage}, document.body.innerHTML])"))
                    .doesNotContain(key)
                    .doesNotContain("fq_session");
            page.getByText("Sign out").click();
            page.locator("input[name=key]").waitFor();
        }
    }

    /** Runs the guide's command that writes this file, and returns the key. */
    private static String create(String file) {
        String command = GUIDE.command("./fq key create --tenant " + file.replace(".key", ""));
        assertThat(command).endsWith(" > " + file);
        String shell = "export FRAMEQUOTA_NO_BUILD=1 FQ_SERVER=%s FQ_KEY=%s; cd '%s'; %s/%s 2>/dev/null; cat %s/%s"
                .formatted(system.url(), ADMIN, Fq.ROOT, command.replace(file, folder.toString()), file, folder, file);
        String key = Commands.run("", List.of("bash", "-c", shell)).strip();
        assertThat(key).matches("fq_[0-9a-f]{16}_[0-9a-f]{64}");
        return key;
    }

    private static Fq.Ended fq(String key, String... arguments) {
        return Fq.run(LIMIT, Map.of("FQ_SERVER", system.url(), "FQ_KEY", key), arguments);
    }
}
