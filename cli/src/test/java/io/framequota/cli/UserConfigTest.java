package io.framequota.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UserConfigTest extends FqTestBase {
    private static final String JOB = "{\"job\":\"j1\"}";

    private int fq(Map<String, String> environment, String command) {
        Map<String, String> all = new HashMap<>(environment);
        all.putIfAbsent("XDG_CONFIG_HOME", folder.toString());
        return FqMain.run(terminal(), installation(), all, command.split(" "));
    }

    private Path write(String text) throws IOException {
        Path file = Files.createDirectories(folder.resolve("framequota")).resolve("config");
        return Files.writeString(file, text);
    }

    @Test
    void anOptionComesBeforeItsVariableAndThatBeforeTheFileAndThatBeforeTheDefault() throws IOException {
        try (StubServer server = new StubServer().on("POST /api/v1/jobs", 202, JOB)) {
            write("# mine\nserver = " + server.url() + "\n\nmodel = faces\n");
            assertThat(fq(Map.of(), "submit sample:walkers")).as(err()).isZero();
            assertThat(fq(Map.of("FQ_MODEL", "yolox"), "submit sample:walkers")).isZero();
            assertThat(fq(Map.of("FQ_MODEL", "yolox"), "submit sample:walkers --model people"))
                    .isZero();
            assertThat(server.requests.stream().map(r -> r.body().replaceAll(".*\"model\":\"([a-z]*)\".*", "$1")))
                    .containsExactly("faces", "yolox", "people");

            assertThat(fq(Map.of("FQ_SERVER", "http://127.0.0.1:1"), "jobs")).isEqualTo(1);
            assertThat(fq(Map.of("FQ_SERVER", "http://127.0.0.1:1"), "submit sample:walkers --server " + server.url()))
                    .isZero();
        }
    }

    @Test
    void aMistakeInTheFileIsReportedInOneLine() throws IOException {
        Path file = write("server = http://127.0.0.1:1\nmodle = faces\n");
        assertThat(fq(Map.of(), "jobs")).isEqualTo(2);
        assertThat(err())
                .isEqualTo(
                        "fq: " + file + ", line 2: \"modle = faces\" is no setting: write NAME = VALUE, where NAME is"
                                + " one of server, key, model, policy\n");
        err.reset();
        write("policy = nope\n");
        assertThat(fq(Map.of(), "detect sample:walkers")).isEqualTo(2);
        assertThat(err()).contains("no policy 'nope'").hasLineCount(1);
        err.reset();
        assertThat(fq(Map.of("FQ_CONFIG", folder.resolve("none").toString()), "jobs"))
                .isEqualTo(2);
        assertThat(err())
                .contains("cannot read the settings of fq: there is no")
                .hasLineCount(1);
    }

    @Test
    void aKeyThatOthersCanReadIsRefused() throws IOException {
        Path file = write("key = secret\nserver = http://127.0.0.1:1\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(fq(Map.of(), "jobs")).isEqualTo(2);
        assertThat(err()).contains("can be read by other users: run chmod 600").doesNotContain("secret");
        err.reset();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertThat(UserConfig.environment(Map.of("FQ_CONFIG", file.toString()))).containsEntry("FQ_KEY", "secret");
        assertThat(UserConfig.environment(Map.of("FQ_CONFIG", file.toString(), "FQ_KEY_FILE", "north.key")))
                .as("a variable comes before the file")
                .doesNotContainKey("FQ_KEY");
        assertThat(fq(Map.of(), "jobs")).as("the file is read").isEqualTo(1);
    }
}
