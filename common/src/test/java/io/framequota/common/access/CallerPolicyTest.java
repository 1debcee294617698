package io.framequota.common.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.common.access.CallerPolicy.Request;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallerPolicyTest {
    private final CallerPolicy callers =
            new CallerPolicy(List.of("fq-ingest-service", "fq-ingest-service.ns.svc", ".videos.example.org"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1:8080",
                "localhost:8080",
                "LOCALHOST",
                "x.localhost:1",
                "[::1]:8080",
                "10.2.3.4:8080",
                "255.255.255.255",
                "[::ffff:127.0.0.1]:80",
                "[2001:DB8::1]",
                "fq-ingest-service:8080",
                "fq-ingest-service.ns.svc",
                "fq-ingest-service.",
                "a.videos.example.org"
            })
    void acceptsThisServersNamesAndAddresses(String host) {
        assertThat(callers.refusal(new Request("GET", host, null, null, null))).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "127.0.0.1.evil.example",
                "localhost.evil.example",
                "fq-ingest-service.evil.example",
                "videos.example.org.evil.example",
                "1.2.3.4.5",
                "999.999.999.999",
                "256.1.1.1",
                "[x",
                "[x]",
                "[::1",
                "[::1]evil.example",
                "[evil.example]:80",
                "localhost:evil",
                "localhost:80:80",
                "127.0.0.1]",
                ""
            })
    void refusesForeignNamesThatPointHere(String host) {
        assertThat(callers.refusal(new Request("GET", host, null, null, null))).isNotNull();
    }

    @Test
    void acceptsPagesOfThisServer() {
        assertThat(callers.refusal(new Request("POST", "localhost:80", "http://localhost", "same-origin", "cors")))
                .isNull();
        assertThat(callers.refusal(
                        new Request("PUT", "a.videos.example.org", "https://a.videos.example.org:443", null, null)))
                .isNull();
        assertThat(callers.refusal(new Request("GET", "127.0.0.1:8080", null, "none", "navigate")))
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http://evil.example", "null", "http://localhost:3000", "http://127.0.0.1.evil.example:8080"})
    void refusesPagesOfOtherSites(String origin) {
        assertThat(callers.refusal(new Request("POST", "localhost:8080", origin, null, null)))
                .contains("another site");
    }

    @Test
    void acceptsOnlyLinksFromOtherSites() {
        assertThat(callers.refusal(new Request("GET", "localhost:8080", null, "cross-site", "navigate")))
                .isNull();
        assertThat(callers.refusal(new Request("POST", "localhost:8080", null, "cross-site", "navigate")))
                .isNotNull();
        assertThat(callers.refusal(new Request("GET", "localhost:8080", null, "cross-site", "no-cors")))
                .isNotNull();
        assertThat(callers.refusal(new Request("GET", "localhost:8080", null, "same-site", "cors")))
                .isNotNull();
        assertThat(callers.refusal(new Request("POST", "localhost:8080", null, "Cross-Site", "Navigate")))
                .isNotNull();
        assertThat(callers.refusal(new Request("GET", "localhost:8080", null, "SAME-SITE", "cors")))
                .isNotNull();
    }

    @Test
    void refusalIsOneLineAndSafeInJson() {
        assertThat(callers.refusal(new Request("GET", "a\"b\\c\r\n" + "x".repeat(500), null, null, null)))
                .contains("a?b?c??x")
                .doesNotContain("\n", "\\")
                .hasSizeLessThan(300);
    }

    @Test
    void responseIsAJsonProblem() {
        assertThat(CallerPolicy.problem("not for \"a\\b\""))
                .isEqualTo("{\"type\":\"about:blank\",\"title\":\"Forbidden\",\"status\":403,"
                        + "\"detail\":\"not for \\\"a\\\\b\\\"\"}");
    }

    @Test
    void starAllowsEveryName() {
        assertThat(new CallerPolicy(List.of("*")).refusal(new Request("GET", "any.example", null, null, null)))
                .isNull();
    }
}
