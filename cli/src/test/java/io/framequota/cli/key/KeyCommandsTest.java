package io.framequota.cli.key;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.cli.FqTestBase;
import io.framequota.cli.StubServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyCommandsTest extends FqTestBase {
    @Test
    void aNewKeyIsPrintedAlone() throws IOException {
        String answer =
                "{\"id\":\"17\",\"name\":\"desk\",\"tenant\":\"north\",\"roles\":[\"read\"],\"key\":\"fq_17_x\"}";
        try (StubServer server = new StubServer().on("POST /api/v1/keys", 201, answer)) {
            assertThat(run(server, "key create --role read --tenant north --name desk"))
                    .isZero();
            assertThat(out()).isEqualTo("fq_17_x\n");
            assertThat(err()).contains("key 17: keep it, it is not shown again");
            assertThat(server.requests.getLast().body())
                    .isEqualTo("{\"name\":\"desk\",\"tenant\":\"north\",\"roles\":[\"read\"]}");
            assertThat(run(server, "key create --json")).isZero();
            assertThat(server.requests.getLast().body())
                    .isEqualTo("{\"name\":\"\",\"tenant\":\"default\",\"roles\":[\"read\",\"submit\"]}");
            assertThat(out()).endsWith(answer + "\n");
        }
    }

    @Test
    void keysAreListedAndRevoked() throws IOException {
        String keys = "[{\"id\":\"17\",\"name\":\"desk\",\"tenant\":\"north\",\"roles\":[\"read\",\"submit\"],"
                + "\"created_at\":\"2026-12-01T10:00:00.123456Z\"}]";
        try (StubServer server =
                new StubServer().on("GET /api/v1/keys", 200, keys).on("DELETE /api/v1/keys/17", 204, "")) {
            assertThat(run(server, "key list")).isZero();
            assertThat(out()).isEqualTo("""
                    ID  TENANT  ROLES        CREATED               NAME
                    17  north   read,submit  2026-12-01T10:00:00Z  desk
                    """);
            assertThat(run(server, "key revoke 17")).isZero();
            assertThat(err()).contains("key 17 is revoked");
        }
    }

    @Test
    void theKeyComesFromTheOptionElseTheEnvironmentElseItsFile(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("key"), "of-the-file\n");
        try (StubServer server = new StubServer().on("GET /api/v1/jobs", 200, "[]")) {
            Map<String, String> environment = new HashMap<>(Map.of("FQ_SERVER", server.url()));
            assertThat(run(environment, "jobs")).isZero();
            assertThat(server.requests.getLast().headers()).doesNotContainKey("Authorization");
            environment.put("FQ_KEY_FILE", file.toString());
            assertThat(run(environment, "jobs")).isZero();
            assertThat(shown(server)).containsExactly("Bearer of-the-file");
            environment.put("FQ_KEY", "of-the-environment");
            assertThat(run(environment, "jobs")).isZero();
            assertThat(shown(server)).containsExactly("Bearer of-the-environment");
            assertThat(run(environment, "jobs", "--key", "of-the-option")).isZero();
            assertThat(shown(server)).containsExactly("Bearer of-the-option");

            assertThat(run(environment, "jobs", "--key", "two words")).isEqualTo(2);
            assertThat(err()).contains("the key has characters that no key has").doesNotContain("two words");
            assertThat(run(Map.of("FQ_SERVER", server.url(), "FQ_KEY_FILE", folder + "/none"), "jobs"))
                    .isEqualTo(2);
            assertThat(err()).contains("FQ_KEY_FILE: cannot read " + folder + "/none");
        }
    }

    private static List<String> shown(StubServer server) {
        return server.requests.getLast().headers().get("Authorization");
    }
}
